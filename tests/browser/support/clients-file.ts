import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./vigie";

const real = join(root, "../shared/data/linkage-dev/clients.csv");

/// A client file of 2,000 lines as people have them: columns `client_id, full_name, email, phone`, families
/// that share a phone, homonyms, gaps. The project's own where it is at hand, one of the same kind else.
export function clientsFile(): Buffer {
  return existsSync(real) ? readFileSync(real) : Buffer.from(madeUp(2_000));
}

function madeUp(count: number): string {
  const first = ["Fatou", "Hélène", "Kouassi", "Zoé", "Mame-Diarra", "Aïcha", "Noël", "Aristide", "Chloé"];
  const last = ["Diop", "Lefèvre", "Kacou", "Traoré", "N’Diaye", "Garçon", "Diouf", "Moreau", "Koné", "de la Tour"];
  const lines = ["client_id,full_name,email,phone"];
  for (let n = 0; n < count; n++) {
    const name = `${first[n % first.length]} ${last[Math.floor(n / 3) % last.length]}`;
    const email = n % 10 === 3 ? "" : `client${n}@exemple.fr`;
    // Every eleventh shares the phone of the one before, and some have none.
    const number = String(10_000_000 + (n % 11 === 1 ? n - 1 : n));
    lines.push(`C${String(n + 1).padStart(7, "0")},${name},${email},${n % 17 === 5 ? "" : `06${number}`}`);
  }
  return lines.join("\r\n") + "\r\n";
}
