//! Whether a controller reads an annotation, by the tables from which it is read.

use std::str::FromStr;

use super::nginx::{Annotation, read::AnnotationSupport};
use super::traefik::read::{PREFIX as TRAEFIK, RouterAnnotation, is_read_by_nginx_provider};
use super::{Controller, IngressImplementation, aws_alb, f5_nginx};
use crate::trace::IngressControllerRule;

/// What a controller does with an annotation of an Ingress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationUse {
    /// It is read, and can change the answer.
    Counts,
    /// It is read, and something else decides whether a request comes through.
    Depends(IngressControllerRule),
    /// It is read, and what it does isn't modelled.
    NotModelled,
    /// It is read, and changes nothing about where a request goes.
    Passes,
    /// It isn't read.
    Unread,
}

/// The prefix of ingress-nginx' annotations for whoever can't be told another.
const NGINX: &str = "nginx.ingress.kubernetes.io";

/// What a controller does with an annotation; None for one with a prefix that isn't its own.
pub fn annotation_use(controller: &Controller, annotation: &str) -> Option<AnnotationUse> {
    let (prefix, name) = annotation.split_once('/')?;
    let of_nginx = |name: &str| Annotation::from_str(name).ok();
    let support = |name: Annotation| match name.meaning() {
        AnnotationSupport::WithoutEffect => AnnotationUse::Passes,
        AnnotationSupport::Depends(rule) => AnnotationUse::Depends(rule),
        AnnotationSupport::NotModelled => AnnotationUse::NotModelled,
        AnnotationSupport::Modelled | AnnotationSupport::Snippet => AnnotationUse::Counts,
    };
    match controller.implementation {
        IngressImplementation::IngressNginx => {
            let own = controller.nginx().map_or(NGINX, |nginx| nginx.annotation_prefix());
            (prefix == own).then(|| of_nginx(name).map_or(AnnotationUse::Unread, support))
        }
        IngressImplementation::TraefikNginx => {
            let read = || of_nginx(name).filter(|name| is_read_by_nginx_provider(*name));
            (prefix == NGINX).then(|| read().map_or(AnnotationUse::Unread, support))
        }
        IngressImplementation::Traefik => (prefix == TRAEFIK).then(|| {
            let name = name.to_ascii_lowercase();
            let router = name.strip_prefix("router.");
            let known = |name: &str| name.starts_with("tls.domains.") || RouterAnnotation::from_str(name).is_ok();
            match router {
                Some(name) if name.starts_with("observability.") => AnnotationUse::Passes,
                Some(name) if known(name) => AnnotationUse::Counts,
                _ => AnnotationUse::Unread,
            }
        }),
        IngressImplementation::F5Nginx => f5_use(prefix, annotation),
        IngressImplementation::AwsAlb => alb_use(annotation),
        IngressImplementation::Api => None,
    }
}

fn f5_use(prefix: &str, annotation: &str) -> Option<AnnotationUse> {
    use f5_nginx::read::{ANNOTATIONS, F5AnnotationEffect};
    let is_own = |known: &&f5_nginx::read::F5Annotation| known.name.split('/').next() == Some(prefix);
    let mut own = ANNOTATIONS.iter().filter(is_own).peekable();
    own.peek()?;
    Some(match own.find(|known| known.name == annotation).map(|known| known.effect) {
        None => AnnotationUse::Unread,
        Some(F5AnnotationEffect::WithoutEffect) => AnnotationUse::Passes,
        Some(F5AnnotationEffect::NotModelled) => AnnotationUse::NotModelled,
        Some(F5AnnotationEffect::Modelled | F5AnnotationEffect::PlusOnly) => AnnotationUse::Counts,
    })
}

fn alb_use(annotation: &str) -> Option<AnnotationUse> {
    use aws_alb::read::{ANNOTATIONS, AlbAnnotationEffect, PREFIX};
    let name = annotation.strip_prefix(PREFIX)?;
    let is_it = |known: &str| known == name || known.strip_suffix('*').is_some_and(|start| name.starts_with(start));
    Some(match ANNOTATIONS.iter().find(|(known, _)| is_it(known)).map(|(_, effect)| effect) {
        None => AnnotationUse::Unread,
        Some(AlbAnnotationEffect::WithoutEffect) => AnnotationUse::Passes,
        Some(AlbAnnotationEffect::NotModelled) => AnnotationUse::NotModelled,
        Some(AlbAnnotationEffect::Modelled | AlbAnnotationEffect::Assumed) => AnnotationUse::Counts,
    })
}
