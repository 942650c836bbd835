//! What a browser calls itself, in words: `Chrome sur Windows`.

use crate::page::Page;

/// The browser and the system in `user_agent`, as people know them.
pub(super) fn name(page: &Page, user_agent: Option<&str>) -> String {
    let Some(text) = user_agent.map(str::trim).filter(|text| !text.is_empty()) else {
        return page.t("account-device-unknown");
    };
    match (browser(text), system(text)) {
        (Some(browser), Some(system)) => {
            page.t2("account-device", ("browser", browser.into()), ("system", system.into()))
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => {
            let program = text.split(['/', ' ']).next().unwrap_or_default().to_owned();
            page.t1("account-device-program", "name", program)
        }
    }
}

/// The first that fits: each later one is also named by those before it.
fn browser(text: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 9] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    KNOWN.into_iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| name)
}

fn system(text: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    KNOWN.into_iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::name;
    use crate::i18n::Language;
    use crate::page::Page;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let page = Page::for_tests(Language::Fr);
        let named = |text: Option<&str>| name(&page, text);
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(named(Some(chrome)), "Chrome sur Windows");
        assert_eq!(named(Some(&format!("{chrome} Edg/140.0"))), "Edge sur Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(named(Some(phone)), "Safari sur iPhone");
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(named(Some(firefox)), "Firefox sur Linux");
        assert_eq!(named(Some("curl/8.5.0")), "Programme curl");
        assert_eq!(named(None), "Appareil inconnu");
    }
}
