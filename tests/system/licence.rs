//! Licences of dependencies: an expression is good when some choice in it needs only licences from the list.

/// Compatible with Apache-2.0 in a binary that is passed on.
const GOOD: [&str; 14] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "MPL-2.0",
    "CC0-1.0",
    "Unlicense",
    "0BSD",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
];

/// True when the expression (SPDX; `/` as older crates write OR) allows a choice from the list.
pub(crate) fn compatible(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let good = either(&mut rest);
    good && rest.is_empty() && !words.is_empty()
}

fn either(rest: &mut &[&str]) -> bool {
    let mut good = both(rest);
    while let [first, tail @ ..] = *rest
        && *first == "OR"
    {
        *rest = tail;
        good |= both(rest);
    }
    good
}

fn both(rest: &mut &[&str]) -> bool {
    let mut good = one(rest);
    while let [first, tail @ ..] = *rest
        && *first == "AND"
    {
        *rest = tail;
        good &= one(rest);
    }
    good
}

fn one(rest: &mut &[&str]) -> bool {
    match *rest {
        ["(", tail @ ..] => {
            *rest = tail;
            let good = either(rest);
            *rest = rest.strip_prefix(&[")"]).unwrap_or(&[")"]);
            good
        }
        // An exception only allows more.
        [name, "WITH", _, tail @ ..] | [name, tail @ ..] => {
            *rest = tail;
            GOOD.contains(name)
        }
        [] => false,
    }
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for good in [
        "MIT",
        "MIT OR Apache-2.0",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR GPL-2.0-only) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
    ] {
        assert!(compatible(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "MIT AND (GPL-2.0-only OR AGPL-3.0-only)",
        "(MIT",
        "OpenSSL",
    ] {
        assert!(!compatible(bad), "{bad}");
    }
}
