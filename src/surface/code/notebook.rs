//! Jupyter notebooks: the code cells, each as one text, and the lines that only a notebook understands.

use super::names::is_credential;
use crate::credential::{Dialect, classify};
use crate::surface::json;
use crate::surface::tree::Node;
use crate::surface::{Assignment, Decoded, Document, Origin, Secret, Slot};

/// The text of each code cell. Lines stand in strings of their own (nbformat documentation, version 4.5).
pub(super) fn cells(text: &str) -> Vec<Decoded> {
    let (Some(tree), _) = json::parse(text) else { return Vec::new() };
    let cells = tree.get("cells").map_or(&[][..], Node::elements);
    let is_code =
        |cell: &&Node| cell.get("cell_type").and_then(Node::as_string).is_none_or(|kind| kind.text.expose() == "code");
    cells.iter().filter(is_code).filter_map(|cell| cell.get("source")).map(joined).collect()
}

fn joined(source: &Node) -> Decoded {
    let lines = source.as_string().into_iter().chain(source.elements().iter().filter_map(Node::as_string));
    let (mut text, mut map) = (String::new(), Vec::new());
    let mut end = source.span.start;
    for line in lines {
        let length = line.text.expose().len();
        map.extend((0..length).map(|index| line.origin.span(index, index).start));
        text.push_str(line.text.expose());
        end = line.span().end;
    }
    map.push(end);
    Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) }
}

/// `%env X=…`, `%set_env X=…`, `%env X …`
pub(super) fn magic(document: &mut Document, cell: &Decoded) {
    let mut start = 0;
    for line in cell.text.expose().split_inclusive('\n') {
        let from = start;
        start += line.len();
        let Some(rest) = ["%env ", "%set_env "].iter().find_map(|magic| line.strip_prefix(magic)) else { continue };
        let Some(cut) = rest.find(['=', ' ']) else { continue };
        let name = &rest[..cut];
        if !is_credential(name) {
            continue;
        }
        let at = from + line.len() - rest.len();
        let value = rest[cut + 1..].trim();
        let first = at + cut + 1 + rest[cut + 1..].len() - rest[cut + 1..].trim_start().len();
        let decoded = cell.part(first, first + value.len());
        document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: cell.origin.span(at, at + cut),
            slot: Slot::Variable,
            value: classify(&decoded, Dialect::Posix),
            decoded,
            key: name.to_owned(),
            exported: true,
            commented: false,
        });
    }
}
