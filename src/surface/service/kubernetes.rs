use crate::surface::Document;

pub(super) fn read(_document: &mut Document) {}
