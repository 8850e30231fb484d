//! As much of Prometheus' expressions as it takes to find the series that one names, and what it compares.

/// The selectors of an expression, such as `up{job="farebox"}`, without ranges: what must be there for it to say anything.
pub fn selectors(expression: &str) -> Vec<String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = expression.as_bytes();
    let (mut found, mut at, mut inside_labels) = (Vec::new(), 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = text_end(bytes, at),
            b'{' => (inside_labels, at) = (true, at + 1),
            b'}' => (inside_labels, at) = (false, at + 1),
            byte if is_name(byte) && !inside_labels => {
                let end = at + bytes[at..].iter().take_while(|byte| is_name(**byte)).count();
                let name = &expression[at..end];
                at = end;
                if ["farebox_", "process_"].iter().any(|prefix| name.starts_with(prefix)) || name == "up" {
                    let labels = match bytes.get(end) {
                        Some(b'{') => labels_end(bytes, end),
                        _ => end,
                    };
                    found.push(format!("{name}{}", &expression[end..labels]));
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// The expression with 0 or 1 for each comparison instead of a filter: it says something whether or not it holds.
pub fn unfiltered(expression: &str) -> String {
    let bytes = expression.as_bytes();
    let (mut said, mut at) = (String::new(), 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'"' => text_end(bytes, at),
            b'{' => labels_end(bytes, at),
            b'=' | b'!' | b'<' | b'>' => {
                at + 1 + bytes[at + 1..].iter().take_while(|byte| **byte == b'=').count()
            }
            _ => at + 1,
        };
        said.push_str(&expression[at..end]);
        if matches!(bytes[at], b'=' | b'!' | b'<' | b'>') {
            said.push_str(" bool");
        }
        at = end;
    }
    said
}

fn text_end(bytes: &[u8], start: usize) -> usize {
    let close = bytes[start + 1..].iter().position(|byte| *byte == b'"');
    close.map_or(bytes.len(), |close| start + close + 2)
}

fn labels_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = text_end(bytes, at),
            b'}' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[test]
fn the_series_that_an_expression_names_are_found() {
    let table: [(&str, &[&str]); 5] = [
        ("farebox_ready == 0", &["farebox_ready"]),
        ("up{job=\"farebox\"} == 0", &["up{job=\"farebox\"}"]),
        (
            "sum by (instance) (rate(farebox_a_total{end!=\"}\", x=~\"up|down\"}[5m])) / farebox_b > 0.1",
            &["farebox_a_total{end!=\"}\", x=~\"up|down\"}", "farebox_b"],
        ),
        (
            "changes(process_start_time_seconds{job=\"up\"}[30m]) > 1",
            &["process_start_time_seconds{job=\"up\"}"],
        ),
        ("vector(1)", &[]),
    ];
    for (expression, want) in table {
        assert_eq!(selectors(expression), want, "{expression}");
    }
}

#[test]
fn comparisons_say_something_either_way() {
    let table = [
        ("farebox_ready == 0", "farebox_ready == bool 0"),
        (
            "a{x!=\"<\", y=~\"=\"} / b < 0.1 and c >= 5",
            "a{x!=\"<\", y=~\"=\"} / b < bool 0.1 and c >= bool 5",
        ),
        ("sum by (le) (rate(a[5m]))", "sum by (le) (rate(a[5m]))"),
    ];
    for (expression, want) in table {
        assert_eq!(unfiltered(expression), want);
    }
}
