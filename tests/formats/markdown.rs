//! The summary of a job, read by GitHub's own parser.

use super::*;

/// The elements outside of a table, and the cells of each row: the text, and the elements in it. Text outside of code in
/// which GitHub would find somebody's name is an element, too.
const RENDER: &str = r#"
import html.parser, json, re, sys, cmarkgfm
from cmarkgfm.cmark import Options
class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.cell, self.outside, self.code = [], None, [], 0
    def handle_starttag(self, tag, attributes):
        if tag == "tr": self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = {"text": "", "tags": []}
            self.rows[-1].append(self.cell)
        else:
            (self.outside if self.cell is None else self.cell["tags"]).append(tag)
            self.code += tag == "code"
            if tag == "br" and self.cell: self.cell["text"] += "\n"
    def handle_endtag(self, tag):
        if tag in ("td", "th"): self.cell = None
        self.code -= tag == "code"
    def handle_data(self, data):
        if self.cell is not None: self.cell["text"] += data
        if not self.code and re.search(r"(^|\W)@[a-z0-9]", data): self.handle_starttag("mention", [])
def read(text):
    reader = Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    reader.close()
    return {"rows": reader.rows, "outside": reader.outside}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
"#;

fn rendered(texts: &[String]) -> Vec<Value> {
    python(RENDER, &json!(texts).to_string()).as_array().unwrap().clone()
}

/// Text as a cell shows it, but for blanks at its ends and characters that stand for others.
fn shown(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"␍␛␉␊\u{fffd}\u{200b}\u{feff}\u{2028}␡".contains(c);
    text.chars().filter(|c| plain(*c)).collect()
}

#[test]
fn nothing_breaks_a_cell() {
    if !python_has("cmarkgfm") {
        return;
    }
    let mut rng = rng("nothing_breaks_a_cell");
    let reports: Vec<Report> = (0..100).map(|_| report(&mut rng, 20)).collect();
    let texts: Vec<String> = reports.iter().map(|report| printed(Format::Markdown, report)).collect();
    for ((html, report), text) in rendered(&texts).iter().zip(&reports).zip(&texts) {
        let rows = html["rows"].as_array().unwrap();
        let head = usize::from(!report.findings.is_empty());
        assert_eq!(rows.len(), report.findings.len() + head, "{text}");
        for (row, finding) in rows.iter().skip(1).zip(&report.findings) {
            let cells = row.as_array().unwrap();
            assert_eq!(cells.len(), 4, "{text}");
            let cell = |index: usize| cells[index]["text"].as_str().unwrap();
            let place = &finding.primary;
            assert_eq!((cell(0), cell(1)), (finding.severity.as_str(), finding.rule.slug));
            let at = format!("{}:{}:{}", place.path.as_str(), place.start.line, place.start.column);
            assert_eq!(shown(cell(2)), shown(&at), "{text}");
            let help: String = finding.help.iter().map(|help| format!("help: {}", help.as_str())).collect();
            let message = format!("{}{help}", finding.message.as_str());
            // Backticks are the signs of code in our sentences.
            assert_eq!(shown(cell(3)), shown(&message.replace('`', "")), "{text}");
            for cell in cells {
                for tag in cell["tags"].as_array().unwrap() {
                    assert!(["code", "wbr", "br"].contains(&tag.as_str().unwrap()), "{tag}: {text}");
                }
            }
        }
        let known = ["h3", "p", "ul", "li", "strong", "code", "wbr", "br", "table", "thead", "tbody"];
        for tag in html["outside"].as_array().unwrap() {
            assert!(known.contains(&tag.as_str().unwrap()), "{tag}: {text}");
        }
        let items = html["outside"].as_array().unwrap().iter().filter(|tag| *tag == "li").count();
        assert_eq!(items, report.coverage.failures.len() + report.coverage.skipped.len(), "{text}");
    }
    // The parser would tell.
    let broken = rendered(&["a@e.example www.e.example https://e.example @octocat\n".to_owned()]);
    assert_eq!(broken[0]["outside"], json!(["p", "a", "a", "a", "mention"]));
}

/// A summary may have 1 MiB.
#[test]
fn a_summary_fits() {
    let text = printed(Format::Markdown, &many(5000));
    assert!(text.len() < 1 << 20 && text.contains("\n\n4800 more are not listed here.\n"), "{}", text.len());
    let mut report = many(5000);
    for (index, finding) in report.findings.iter_mut().enumerate() {
        let path = RepoPath::from(format!("{index}{}", "@w.".repeat(1300)).as_str());
        report.coverage.failures.push(Failure { path: path.clone(), reason: ReadError::LinkNotFollowed });
        finding.primary.path = path;
    }
    let text = printed(Format::Markdown, &report);
    assert!(text.len() < 1 << 20 && text.matches(" more are not listed here.\n").count() == 2, "{}", text.len());
}
