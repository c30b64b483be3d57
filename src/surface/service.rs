//! What machines and clusters start.

mod helm;
mod kubernetes;
mod launchd;
mod nix;
mod systemd;
mod terraform;
#[cfg(test)]
mod tests;

use super::{Document, Service};

/// Reads the file.
pub fn read(document: &mut Document, service: Service) {
    match service {
        Service::Systemd => systemd::read(document),
        Service::Launchd => launchd::read(document),
        Service::Kubernetes => kubernetes::read(document),
        Service::Helm => helm::read(document),
        Service::Terraform => terraform::read(document),
        Service::Nix => nix::read(document),
    }
}
