//! What stands around a body: the other bodies of the registry, their names, and the hosts of their sites. Pure.
use std::{collections::HashMap, sync::Arc};

use gongkai_model::{Body, BodyIndex, Kind};
use gongkai_store::Site;
use url::Url;

/// The registry and the sites, as far as rules ask for them.
#[derive(Clone, Debug, Default)]
pub struct Around {
    bodies: Arc<HashMap<String, Body>>,
    names: Arc<BodyIndex>,
    /// Host of each site's home page.
    hosts: Arc<HashMap<String, String>>,
}

impl Around {
    /// Over the bodies of the registry and the sites.
    pub fn new<'s>(bodies: Vec<Body>, sites: impl IntoIterator<Item = &'s Site>) -> Self {
        let names = Arc::new(BodyIndex::new(&bodies));
        let host = |site: &Site| Some((site.id.clone(), host_of(&site.home)?));
        Self {
            bodies: Arc::new(bodies.into_iter().map(|body| (body.id.clone(), body)).collect()),
            names,
            hosts: Arc::new(sites.into_iter().filter_map(host).collect()),
        }
    }

    /// A body by its id.
    pub fn body(&self, id: &str) -> Option<&Body> {
        self.bodies.get(id)
    }

    /// All bodies by id.
    pub fn bodies(&self) -> &HashMap<String, Body> {
        &self.bodies
    }

    /// The one body that these words name; among bodies of one name that of the site.
    pub(crate) fn named(&self, words: &str, site: Option<&str>) -> Option<&Body> {
        self.body(self.names.find_on(words, site)?)
    }

    /// The host of a site's home page.
    pub(crate) fn host(&self, site: &str) -> Option<&str> {
        self.hosts.get(site).map(String::as_str)
    }

    /// The bodies above, nearest first.
    pub(crate) fn above<'a>(&'a self, body: &'a Body) -> Vec<&'a Body> {
        body.above(|id| self.body(id)).collect()
    }

    /// The office that supervises a body: the one above it, as far as the registry knows it.
    pub fn office(&self, body: &Body) -> Option<&Body> {
        self.body(body.parent.as_deref()?)
    }

    /// True when one of two bodies may speak for the other: one is above the other, is its general or lead office or its
    /// leading group, took over from it, or bears its name with something added.
    pub(crate) fn belong_together(&self, one: &Body, other: &Body) -> bool {
        let above = |low: &Body, high: &Body| self.above(low).iter().any(|body| body.id == high.id);
        let took_over = |old: &Body, new: &Body| old.successor.as_deref() == Some(new.id.as_str());
        let longer = |short: &Body, long: &Body| long.name.starts_with(&short.name);
        // The office of a government leads disclosure for every body under that government.
        let leads = |office: &Body, led: &Body| {
            office.kind == Kind::Office
                && self.office(office).is_some_and(|government| above(led, government))
        };
        let either = |test: &dyn Fn(&Body, &Body) -> bool| test(one, other) || test(other, one);
        one.id == other.id || either(&above) || either(&took_over) || either(&longer) || either(&leads)
    }
}

/// The host of an address, in lower case.
pub(crate) fn host_of(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use gongkai_model::Level;

    use super::*;
    use crate::sample::body;

    fn around() -> Around {
        let named = |id: &str, name: &str, kind, parent: Option<&str>| Body {
            name: name.into(),
            parent: parent.map(str::to_owned),
            ..body(id, kind, Level::County)
        };
        Around::new(
            vec![
                named("gov", "临川县人民政府", Kind::Government, None),
                named("office", "临川县人民政府办公室", Kind::Office, Some("gov")),
                named("water", "临川县水务局", Kind::Department, Some("gov")),
                named("edu", "临川县教育局", Kind::Department, Some("gov")),
                Body {
                    successor: Some("water".into()),
                    ..named("river", "临川县河道局", Kind::Department, Some("gov"))
                },
                named("loop", "临川县环保局", Kind::Department, Some("loop")),
            ],
            [],
        )
    }

    #[test]
    fn bodies_that_may_speak_for_each_other_belong_together() {
        let around = around();
        let together = |one: &str, other: &str| {
            let (one, other) = (around.body(one).unwrap(), around.body(other).unwrap());
            assert_eq!(around.belong_together(one, other), around.belong_together(other, one));
            around.belong_together(one, other)
        };
        assert!(together("water", "gov"), "the government above it");
        assert!(together("water", "office"), "the office that leads disclosure");
        assert!(together("gov", "office"));
        assert!(together("river", "water"), "its successor");
        assert!(!together("water", "edu"));
        assert!(!together("loop", "water"), "a circle in the registry ends");
    }
}
