//! One Ingress' annotations, read with their prefix and validated.

use std::collections::BTreeSet;
use std::str::FromStr;

use strum::VariantArray;

use super::table::{Annotation, AnnotationSupport, InvalidEffect};
use super::{CorsOptions, FixedRedirect, InvalidAnnotation, TrafficShaping};
use crate::http::{Dialect, Pattern};
use crate::ingress::annotation_field;
use crate::ingress::nginx::settings::{ConfigKey, NginxSettings, parse_bool};
use crate::model::{Ingress, Text};
use crate::order::Gather;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressControllerRule;

/// Reads one Ingress' annotations with their prefix.
pub struct AnnotationReader<'a> {
    pub settings: &'a NginxSettings,
    pub reference: &'a ObjectRef,
    ingress: &'a Ingress,
    /// Annotations whose value counts as absent, because it has the wrong form.
    ignored: BTreeSet<Annotation>,
    /// Annotations whose value denies the locations.
    pub denies: Vec<FieldRef>,
}

/// A temporal redirect that leads to no address of the web.
pub struct RedirectNotHttp;

impl<'a> AnnotationReader<'a> {
    /// Validates the annotations, unless the controller is told not to.
    pub fn new(
        settings: &'a NginxSettings,
        reference: &'a ObjectRef,
        ingress: &'a Ingress,
    ) -> Result<Self, InvalidAnnotation> {
        let mut reader = Self { settings, reference, ingress, ignored: BTreeSet::new(), denies: Vec::new() };
        let wrong = |name: &Annotation| reader.text(*name).is_some_and(|text| !name.form().takes(&text));
        let wrong: Vec<Annotation> = Annotation::VARIANTS.iter().copied().filter(wrong).collect();
        for name in wrong.into_iter().filter(|_| settings.validate_annotations) {
            match name.form().otherwise {
                InvalidEffect::Ignored => drop(reader.ignored.insert(name)),
                InvalidEffect::Denies if reader.asks_for(name) => reader.denies.push(reader.field(name)),
                InvalidEffect::Drops if reader.asks_for(name) => {
                    return Err(InvalidAnnotation(reader.field(name), name));
                }
                InvalidEffect::Drops | InvalidEffect::Denies => {}
            }
        }
        Ok(reader)
    }

    /// Whether a parser gets as far as an annotation: temporal-redirect settles it before permanent-redirect is read, and
    /// authentication that isn't asked for isn't read.
    fn asks_for(&self, name: Annotation) -> bool {
        let needed = match name {
            Annotation::PermanentRedirect | Annotation::PermanentRedirectCode => {
                return self.text(Annotation::TemporalRedirect).is_none();
            }
            Annotation::AuthSecret | Annotation::AuthSecretType | Annotation::AuthRealm => Annotation::AuthType,
            Annotation::AuthMethod | Annotation::AuthResponseHeaders => Annotation::AuthUrl,
            Annotation::AuthTlsErrorPage
            | Annotation::AuthTlsMatchCn
            | Annotation::AuthTlsPassCertificateToUpstream => Annotation::AuthTlsSecret,
            _ => return true,
        };
        self.text(needed).is_some()
    }

    /// Whether a Secret or ConfigMap of a namespace may be used.
    pub fn may_use(&self, namespace: &str) -> bool {
        let own = self.reference.namespace.as_deref().unwrap_or_default();
        namespace == own || self.settings.is(ConfigKey::AllowCrossNamespaceResources, false)
    }
}

impl AnnotationReader<'_> {
    fn key(&self, name: Annotation) -> String {
        format!("{}/{}", self.settings.prefix, name.name())
    }

    /// Where an annotation stands.
    pub fn field(&self, name: Annotation) -> FieldRef {
        annotation_field(self.reference, &self.key(name))
    }

    /// The text; an empty one counts as absent (parser.GetStringAnnotation).
    pub fn text(&self, name: Annotation) -> Option<Text> {
        if self.ignored.contains(&name) {
            return None;
        }
        let text = self.ingress.metadata.annotations.get(self.key(name).as_str())?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| if trimmed.len() == text.len() { text.clone() } else { trimmed.into() })
    }

    /// A switch.
    pub fn is(&self, name: Annotation, default: bool) -> bool {
        self.text(name).and_then(|text| parse_bool(&text)).unwrap_or(default)
    }

    /// A switch whose default counts only where nothing is written: what can't be read is off (serviceupstream/main.go, Parse).
    pub fn is_strictly(&self, name: Annotation, default: bool) -> bool {
        let written = self.ingress.metadata.annotations.get(self.key(name).as_str());
        let is_absent = written.is_none_or(|text| text.trim().is_empty());
        self.is(name, default && is_absent)
    }

    pub fn number(&self, name: Annotation) -> Option<i64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// A list, separated by commas.
    pub fn list(&self, name: Annotation) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }

    /// temporal-redirect, else permanent-redirect. A temporal one that doesn't begin with http takes the whole group with
    /// it, from-to-www-redirect too (redirect.go isValidURL: an error that isn't one of validation); `Err` then.
    pub fn redirect(&self) -> Result<Option<FixedRedirect>, RedirectNotHttp> {
        let to = |name: Annotation, code: Annotation, usual: u16, allowed: std::ops::RangeInclusive<u16>| {
            let url = self.text(name)?;
            let code = self.number(code).and_then(|code| u16::try_from(code).ok()).filter(|it| allowed.contains(it));
            Some(FixedRedirect { code: code.unwrap_or(usual), url, field: self.field(name) })
        };
        match to(Annotation::TemporalRedirect, Annotation::TemporalRedirectCode, 302, 300..=307) {
            Some(temporal) if !temporal.url.to_ascii_lowercase().starts_with("http") => Err(RedirectNotHttp),
            Some(temporal) => Ok(Some(temporal)),
            None => Ok(to(Annotation::PermanentRedirect, Annotation::PermanentRedirectCode, 301, 300..=308)),
        }
    }

    /// custom-http-errors: a list with a space or an empty entry is no list (customhttperrors/main.go, strconv.Atoi).
    pub fn error_codes(&self) -> Option<Vec<u16>> {
        self.text(Annotation::CustomHttpErrors)?.split(',').map(|code| code.parse().ok()).collect()
    }

    /// enable-cors and what belongs to it (cors/main.go).
    pub fn cors(&self) -> Option<CorsOptions> {
        if !self.is(Annotation::EnableCors, false) {
            return None;
        }
        let text = |name: Annotation, default: &str| self.text(name).unwrap_or_else(|| default.into());
        let origins = self.list(Annotation::CorsAllowOrigin);
        Some(CorsOptions {
            origins: if origins.is_empty() { vec!["*".to_owned()] } else { origins },
            methods: text(Annotation::CorsAllowMethods, "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
            headers: text(
                Annotation::CorsAllowHeaders,
                "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
            ),
            credentials: self.is(Annotation::CorsAllowCredentials, true),
            expose_headers: self.text(Annotation::CorsExposeHeaders),
            max_age: text(Annotation::CorsMaxAge, "1728000"),
        })
    }

    /// Only with `canary: "true"`; the other canary annotations alone are ignored (canary/main.go).
    pub fn canary(&self) -> Option<TrafficShaping> {
        if !self.is(Annotation::Canary, false) {
            return None;
        }
        let weight = |name: Annotation| self.number(name).and_then(|weight| u64::try_from(weight).ok());
        let value = self.text(Annotation::CanaryByHeaderValue);
        let pattern = self.text(Annotation::CanaryByHeaderPattern).filter(|_| value.is_none());
        Some(TrafficShaping {
            header: self.text(Annotation::CanaryByHeader),
            header_value: value,
            header_pattern: pattern.map(|pattern| Pattern::new(pattern, Dialect::Pcre, false)),
            cookie: self.text(Annotation::CanaryByCookie),
            weight: weight(Annotation::CanaryWeight).unwrap_or(0),
            total: weight(Annotation::CanaryWeightTotal).filter(|total| *total > 100).unwrap_or(100),
        })
    }

    /// The names written, without prefix.
    pub fn written(&self) -> BTreeSet<Annotation> {
        let prefix = format!("{}/", self.settings.prefix);
        let names = self.ingress.metadata.annotations.keys();
        names.filter_map(|name| Annotation::from_str(name.strip_prefix(&prefix)?).ok()).into_set()
    }

    /// Those on which it depends whether a request comes through, but for auth-url.
    pub fn conditions(&self) -> Vec<(FieldRef, IngressControllerRule)> {
        let condition = |name: &Annotation| match name.meaning() {
            AnnotationSupport::Depends(rule) if rule != IngressControllerRule::AuthRequest => {
                self.text(*name).map(|_| (self.field(*name), rule))
            }
            _ => None,
        };
        Annotation::VARIANTS.iter().filter_map(condition).collect()
    }

    /// Those that change the answer and aren't modelled.
    pub fn not_modelled(&self) -> Vec<FieldRef> {
        let present = Annotation::VARIANTS.iter().filter(|name| match name.meaning() {
            AnnotationSupport::NotModelled => self.is(**name, false),
            AnnotationSupport::Modelled
            | AnnotationSupport::Depends(_)
            | AnnotationSupport::Snippet
            | AnnotationSupport::WithoutEffect => false,
        });
        present.map(|name| self.field(*name)).collect()
    }
}
