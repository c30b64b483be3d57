use std::path::Path;

use super::unit::units;
use super::*;
use crate::path::RepoPath;
use crate::route::machine::Machine;
use crate::surface::table::{surface_in, surface_of};
use crate::surface::{Document, read};

/// A file of a repository, read as what it is.
pub(super) fn document(path: &str, text: &str) -> Document {
    let path = RepoPath::from(path);
    let surface = surface_of(&path, &|_| false).or_else(|| surface_in(&path, text.as_bytes()));
    read(path, surface, text.as_bytes())
}

/// The unit of the first of these files.
pub(super) fn unit<'a>(documents: &[&'a Document]) -> Unit<'a> {
    units(documents).into_iter().find(|unit| unit.document.path == documents[0].path).unwrap()
}

/// A home folder with these files.
#[derive(Debug)]
pub(super) struct Home(pub(super) &'static [(&'static str, &'static str)]);

impl Machine for Home {
    fn home(&self) -> Option<&Path> {
        Some(Path::new("/home/u"))
    }

    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let name = path.strip_prefix("/home/u").ok()?;
        self.0.iter().find(|(known, _)| Path::new(known) == name).map(|(_, text)| text.as_bytes().to_vec())
    }

    fn has_credential(&self, path: &Path) -> bool {
        self.read(path).is_some()
    }
}

#[test]
fn an_address_that_is_known_in_part_or_not_at_all() {
    use SourceKind::Userinfo;
    for (address, host, authorization) in [
        ("http://localhost:$PORT", Some("localhost"), None),
        ("http://u:p@localhost:$PORT", Some("localhost"), Some(Userinfo)),
        ("https://$HOST/api", None, None),
        ("$GATEWAY", None, None),
        ("$(gateway)", None, None),
    ] {
        let text = format!("export ANTHROPIC_API_KEY=K ANTHROPIC_BASE_URL=\"{address}\"\nclaude\n");
        let script = document("run.sh", &text);
        let route = predict(&unit(&[&script]));
        let endpoint = host.map_or(Endpoint::Unknown, |host| Endpoint::Other(Host::parse(host).unwrap()));
        let kind = |source: Option<Source<'_>>| source.map(|source| source.kind);
        assert_eq!(route.endpoint, endpoint, "{address}");
        assert_eq!(kind(route.x_api_key), Some(SourceKind::ApiKey), "{address}");
        assert_eq!(kind(route.authorization), authorization, "{address}");
        assert_eq!((route.outcome, route.url), (Outcome::Sent, None), "{address}");
    }
}
