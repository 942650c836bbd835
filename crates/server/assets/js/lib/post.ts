/** Posts form-encoded fields quietly; the page does not wait for the answer. */
export async function post(url: string, fields: Record<string, string>): Promise<boolean> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: token ? { "X-CSRFToken": token } : {},
      credentials: "same-origin",
    });
    return response.ok;
  } catch {
    return false;
  }
}
