//! One Ingress' annotations, read with their prefix and validated.

use std::collections::BTreeSet;

use super::known::{self, Otherwise};
use super::{Canary, Cors, InvalidAnnotation, Redirect};
use crate::http::{Dialect, Pattern};
use crate::ingress::annotation;
use crate::ingress::nginx::settings::{Settings, parse_bool};
use crate::model::{Ingress, Text};
use crate::source::{FieldRef, ObjectRef};

/// Reads one Ingress' annotations with their prefix.
pub struct Reader<'a> {
    pub settings: &'a Settings,
    pub reference: &'a ObjectRef,
    ingress: &'a Ingress,
    /// Annotations whose value counts as absent, because it has the wrong form.
    ignored: BTreeSet<&'static str>,
    /// Annotations whose value denies the locations.
    pub denies: Vec<FieldRef>,
}

/// A temporal redirect that leads to no address of the web.
pub struct NotHttp;

impl<'a> Reader<'a> {
    /// Validates the annotations, unless the controller is told not to.
    pub fn new(
        settings: &'a Settings,
        reference: &'a ObjectRef,
        ingress: &'a Ingress,
    ) -> Result<Self, InvalidAnnotation> {
        let mut reader = Self { settings, reference, ingress, ignored: BTreeSet::new(), denies: Vec::new() };
        let wrong = known::FORMS.iter().filter(|form| reader.text(form.name).is_some_and(|text| !form.takes(&text)));
        for form in wrong.filter(|_| settings.validate_annotations).collect::<Vec<_>>() {
            match form.otherwise {
                Otherwise::Ignored => drop(reader.ignored.insert(form.name)),
                Otherwise::Denies => reader.denies.push(reader.field(form.name)),
                Otherwise::Drops if reader.asks_for(form.name) => {
                    return Err(InvalidAnnotation(reader.field(form.name)));
                }
                Otherwise::Drops => {}
            }
        }
        Ok(reader)
    }

    /// Whether a parser gets as far as an annotation: temporal-redirect settles it before permanent-redirect is read, and
    /// authentication that isn't asked for isn't read.
    fn asks_for(&self, name: &str) -> bool {
        match name {
            "permanent-redirect" | "permanent-redirect-code" => self.text("temporal-redirect").is_none(),
            "auth-secret-type" | "auth-realm" => self.text("auth-type").is_some(),
            _ => true,
        }
    }
}

impl Reader<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.settings.prefix)
    }

    /// Where an annotation stands.
    pub fn field(&self, name: &str) -> FieldRef {
        annotation(self.reference, &self.key(name))
    }

    /// The text; an empty one counts as absent (parser.GetStringAnnotation).
    pub fn text(&self, name: &str) -> Option<Text> {
        if self.ignored.contains(name) {
            return None;
        }
        let text = self.ingress.metadata.annotations.get(self.key(name).as_str())?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| if trimmed.len() == text.len() { text.clone() } else { trimmed.into() })
    }

    /// A switch.
    pub fn is(&self, name: &str, default: bool) -> bool {
        self.text(name).and_then(|text| parse_bool(&text)).unwrap_or(default)
    }

    /// A switch whose default counts only where nothing is written: what can't be read is off (serviceupstream/main.go, Parse).
    pub fn is_strictly(&self, name: &str, default: bool) -> bool {
        let written = self.ingress.metadata.annotations.get(self.key(name).as_str());
        let is_absent = written.is_none_or(|text| text.trim().is_empty());
        self.is(name, default && is_absent)
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// A list, separated by commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }

    /// temporal-redirect, else permanent-redirect. A temporal one that doesn't begin with http takes the whole group with
    /// it, from-to-www-redirect too (redirect.go isValidURL: an error that isn't one of validation); `Err` then.
    pub fn redirect(&self) -> Result<Option<Redirect>, NotHttp> {
        let to = |name: &str, code: &str, usual: u16, allowed: std::ops::RangeInclusive<u16>| {
            let url = self.text(name)?;
            let code = self.number(code).and_then(|code| u16::try_from(code).ok()).filter(|it| allowed.contains(it));
            Some(Redirect { code: code.unwrap_or(usual), url, field: self.field(name) })
        };
        match to("temporal-redirect", "temporal-redirect-code", 302, 300..=307) {
            Some(temporal) if !temporal.url.to_ascii_lowercase().starts_with("http") => Err(NotHttp),
            Some(temporal) => Ok(Some(temporal)),
            None => Ok(to("permanent-redirect", "permanent-redirect-code", 301, 300..=308)),
        }
    }

    /// custom-http-errors: a list with a space or an empty entry is no list (customhttperrors/main.go, strconv.Atoi).
    pub fn error_codes(&self) -> Option<Vec<u16>> {
        self.text("custom-http-errors")?.split(',').map(|code| code.parse().ok()).collect()
    }

    /// enable-cors and what belongs to it (cors/main.go).
    pub fn cors(&self) -> Option<Cors> {
        if !self.is("enable-cors", false) {
            return None;
        }
        let text = |name: &str, default: &str| self.text(name).unwrap_or_else(|| default.into());
        let origins = self.list("cors-allow-origin");
        Some(Cors {
            origins: if origins.is_empty() { vec!["*".to_owned()] } else { origins },
            methods: text("cors-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
            headers: text(
                "cors-allow-headers",
                "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
            ),
            credentials: self.is("cors-allow-credentials", true),
            expose_headers: self.text("cors-expose-headers"),
            max_age: text("cors-max-age", "1728000"),
        })
    }

    /// Only with `canary: "true"`; the other canary annotations alone are ignored (canary/main.go).
    pub fn canary(&self) -> Option<Canary> {
        if !self.is("canary", false) {
            return None;
        }
        let weight = |name: &str| self.number(name).and_then(|weight| u64::try_from(weight).ok());
        let value = self.text("canary-by-header-value");
        let pattern = self.text("canary-by-header-pattern").filter(|_| value.is_none());
        Some(Canary {
            header: self.text("canary-by-header"),
            header_value: value,
            header_pattern: pattern.map(|pattern| Pattern::new(pattern, Dialect::Pcre, false)),
            cookie: self.text("canary-by-cookie"),
            weight: weight("canary-weight").unwrap_or(0),
            total: weight("canary-weight-total").filter(|total| *total > 100).unwrap_or(100),
        })
    }

    /// The names written, without prefix.
    pub fn written(&self) -> BTreeSet<String> {
        let prefix = format!("{}/", self.settings.prefix);
        let names = self.ingress.metadata.annotations.keys();
        names.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    /// Those that change the answer and aren't modelled.
    pub fn not_modelled(&self) -> Vec<FieldRef> {
        let snippets = if self.settings.is("allow-snippet-annotations", false) { known::SNIPPETS } else { &[] };
        let present = known::NOT_MODELLED.iter().chain(snippets).filter(|name| match **name {
            // Without the controller's argument the annotation does nothing.
            "ssl-passthrough" => self.settings.ssl_passthrough && self.is(name, false),
            "enable-modsecurity" => self.is(name, false),
            _ => self.text(name).is_some(),
        });
        present.map(|name| self.field(name)).collect()
    }
}
