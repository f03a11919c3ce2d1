//! CoreDNS' cache plugin on a first answer: what it does to TTLs. What it keeps is the past, which no question here has
//! (plugin/cache).

use crate::duration::{SECOND, parse_duration};
use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::name::longest_zone;
use super::reply::DnsReply;
use super::setup::{atoi, plain_duration, zones_or};

/// The plugin's configuration, in seconds.
#[derive(Clone, Debug)]
pub struct TtlCache {
    zones: Vec<DnsName>,
    /// TTLs of answers with records: at least and at most.
    success: (u32, u32),
    /// TTLs of names and types that don't exist: at least and at most.
    denial: (u32, u32),
    /// The TTL of failures.
    failure: u32,
}

/// What a TTL is without any record to take it from (dnsutil.MinimalDefaultTTL).
const LEAST_TTL: u32 = 5;

/// Takes the `cache` directive (setup.go cacheParse).
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<TtlCache, CorefileError> {
    // 1. The TTL in front of the zones, which counts for both kinds of answers.
    let mut cache =
        TtlCache { zones: Vec::new(), success: (LEAST_TTL, 3600), denial: (LEAST_TTL, 1800), failure: LEAST_TTL };
    let mut args = directive.args.as_slice();
    if let Some((first, rest)) = args.split_first()
        && let Ok(ttl) = atoi(first)
    {
        let ttl = positive(ttl)?;
        (cache.success.1, cache.denial.1) = (ttl, ttl);
        args = rest;
    }
    // 2. The options of the block.
    let (mut stale, mut policy) = (false, false);
    for property in &directive.block {
        match property.name.as_str() {
            "success" => limits(property, &mut cache.success)?,
            "denial" => limits(property, &mut cache.denial)?,
            "prefetch" => prefetch(property)?,
            "serve_stale" => {
                stale = true;
                serve_stale(property)?;
            }
            "serve_stale_policy" if policy => {
                return Err(CorefileError::plain("serve_stale_policy can only be specified once"));
            }
            "serve_stale_policy" => {
                policy = true;
                let [only] = property.exactly()?;
                if !only.eq_ignore_ascii_case("prefer_positive") {
                    return Err(CorefileError::plain(format!("invalid serve_stale_policy: {only}")));
                }
            }
            "servfail" => cache.failure = failure_ttl(property)?,
            "disable" => disable(property)?,
            "keepttl" => {
                property.exactly::<0>()?;
            }
            _ => return Err(property.argument_error()),
        }
    }
    // 3. What only makes sense together; then the zones.
    if policy && !stale {
        return Err(CorefileError::plain("serve_stale_policy requires serve_stale"));
    }
    Ok(TtlCache { zones: zones_or(args, server_zones), ..cache })
}

/// 0 and less are kept for the future.
fn positive(ttl: i64) -> Result<u32, CorefileError> {
    let inside = u32::try_from(ttl).ok().filter(|ttl| *ttl > 0);
    inside.ok_or_else(|| CorefileError::plain(format!("cache TTL can not be zero or negative: {ttl}")))
}

/// `success CAPACITY [TTL [MINTTL]]`
fn limits(property: &PluginOption, (least, most): &mut (u32, u32)) -> Result<(), CorefileError> {
    let args = property.some()?;
    if let Some(capacity) = args.first() {
        atoi(capacity)?;
    }
    if let Some(ttl) = args.get(1) {
        *most = positive(atoi(ttl)?)?;
    }
    if let Some(ttl) = args.get(2) {
        let ttl = atoi(ttl)?;
        let negative = || CorefileError::plain(format!("cache min TTL can not be negative: {ttl}"));
        *least = u32::try_from(ttl).map_err(|_| negative())?;
    }
    Ok(())
}

/// `prefetch AMOUNT [DURATION [PERCENTAGE%]]`
fn prefetch(property: &PluginOption) -> Result<(), CorefileError> {
    let args = property.some()?;
    if args.len() > 3 {
        return Err(property.argument_error());
    }
    let amount = args.first().map_or(Ok(0), |amount| atoi(amount))?;
    if amount < 0 {
        return Err(CorefileError::plain(format!("prefetch amount should be positive: {amount}")));
    }
    if let Some(text) = args.get(1) {
        plain_duration(text)?;
    }
    if let Some(text) = args.get(2) {
        let last = text.chars().last().unwrap_or_default();
        let message = || format!("last character of percentage should be `%`, but is: {last:?}");
        let number = text.strip_suffix('%').ok_or_else(|| CorefileError::plain(message()))?;
        let number = atoi(number)?;
        if !(10..=90).contains(&number) {
            return Err(CorefileError::plain(format!("percentage should fall in range [10, 90]: {number}")));
        }
    }
    Ok(())
}

/// `serve_stale [DURATION [immediate|verify [TIMEOUT] [TTL [RECHECK]]]]`
fn serve_stale(property: &PluginOption) -> Result<(), CorefileError> {
    // 1. For how long.
    let args = property.args.as_slice();
    if args.len() > 5 {
        return Err(property.argument_error());
    }
    if let Some(text) = args.first()
        && plain_duration(text)? < 0
    {
        return Err(CorefileError::plain("invalid negative duration for serve_stale"));
    }
    // 2. The mode, and what it may have behind it.
    let mode = args.get(1).map(|mode| mode.to_ascii_lowercase()).unwrap_or_else(|| "immediate".to_owned());
    let behind = args.get(2..).unwrap_or_default();
    match mode.as_str() {
        "immediate" if behind.len() > 2 => Err(property.argument_error()),
        "immediate" => stale_times(behind),
        "verify" => {
            if let Some(text) = behind.first() {
                let timeout = parse_duration(text)
                    .map_err(|why| CorefileError::plain(format!("invalid serve_stale verify timeout: {why}")))?;
                if timeout < 0 {
                    return Err(CorefileError::plain("invalid negative timeout for serve_stale verify"));
                }
            }
            stale_times(behind.get(1..).unwrap_or_default())
        }
        other => Err(CorefileError::plain(format!("invalid value for serve_stale refresh mode: {other}"))),
    }
}

fn stale_times(args: &[String]) -> Result<(), CorefileError> {
    if let Some(text) = args.first() {
        let ttl = parse_duration(text)
            .map_err(|why| CorefileError::plain(format!("invalid serve_stale response TTL: {why}")))?;
        let wrong = match ttl {
            ttl if ttl < 0 => Some("invalid negative response TTL for serve_stale"),
            ttl if ttl % SECOND != 0 => Some("serve_stale response TTL must be a whole number of seconds"),
            ttl if ttl / SECOND > i128::from(u32::MAX) => Some("serve_stale response TTL exceeds the DNS TTL range"),
            _ => None,
        };
        if let Some(message) = wrong {
            return Err(CorefileError::plain(message));
        }
    }
    if let Some(text) = args.get(1) {
        let recheck = parse_duration(text)
            .map_err(|why| CorefileError::plain(format!("invalid serve_stale failure recheck: {why}")))?;
        if recheck < 0 {
            return Err(CorefileError::plain("invalid negative failure recheck for serve_stale"));
        }
        if recheck > 300 * SECOND {
            return Err(CorefileError::plain("serve_stale failure recheck cannot exceed 5 minutes"));
        }
    }
    Ok(())
}

fn failure_ttl(property: &PluginOption) -> Result<u32, CorefileError> {
    let [text] = property.exactly()?;
    match plain_duration(text)? {
        ttl if ttl < 0 => Err(CorefileError::plain("invalid negative ttl for servfail")),
        ttl if ttl > 300 * SECOND => {
            Err(CorefileError::plain("caching SERVFAIL responses over 5 minutes is not permitted"))
        }
        ttl => Ok(u32::try_from(ttl / SECOND).unwrap_or(LEAST_TTL)),
    }
}

fn disable(property: &PluginOption) -> Result<(), CorefileError> {
    let kind = property.some()?.first().map(String::as_str).unwrap_or_default();
    if matches!(kind, "success" | "denial") {
        Ok(())
    } else {
        Err(CorefileError::plain("cache type for disable must be \"success\" or \"denial\""))
    }
}

impl DnsPlugin for TtlCache {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut reply = context.next(rest, question);
        if longest_zone(&self.zones, &question.name).is_some() && !reply.unwritten && !reply.dropped {
            let ttl = self.ttl_of(question, &reply.answer);
            let Answer { answers, authority, additional, .. } = &mut reply.answer;
            answers.iter_mut().chain(authority).chain(additional).for_each(|record| record.ttl = ttl);
        }
        reply
    }
}

impl TtlCache {
    /// All records of an answer get its smallest TTL, within the limits of its kind (ResponseWriter.WriteMsg).
    fn ttl_of(&self, question: &Question, answer: &Answer) -> u32 {
        let denies = answer.rcode == Rcode::NxDomain && answer.answers.is_empty()
            || answer.rcode == Rcode::NoError && has_soa(answer) && !answers_question(question, answer);
        let fails = matches!(answer.rcode, Rcode::ServFail | Rcode::NotImp) && answer.answers.is_empty();
        if fails {
            return self.failure;
        }
        let (least, most) = if denies { self.denial } else { self.success };
        let usual = matches!(answer.rcode, Rcode::NoError | Rcode::NxDomain) && !is_transfer(question);
        let records = || answer.answers.iter().chain(&answer.authority).chain(&answer.additional);
        let smallest = records().map(|record| record.ttl).min().filter(|_| usual).unwrap_or(LEAST_TTL);
        smallest.max(least).min(most)
    }
}

fn is_transfer(question: &Question) -> bool {
    matches!(question.record_type, RecordType::Other(251 | 252))
}

fn has_soa(answer: &Answer) -> bool {
    answer.authority.iter().any(|record| matches!(record.data, RecordData::Soa { .. }))
}

/// Whether a record of the type asked stands at the end of the aliases (answersQuestion).
fn answers_question(question: &Question, answer: &Answer) -> bool {
    let owned = |record: &&DnsRecord, name: &DnsName| record.name == *name;
    if question.record_type == RecordType::Other(255) {
        return answer.answers.iter().any(|record| record.name == question.name);
    }
    let mut name = question.name.clone();
    if question.record_type != RecordType::Cname {
        for _ in &answer.answers {
            let next =
                answer.answers.iter().filter(|record| owned(record, &name)).find_map(|record| match &record.data {
                    RecordData::Cname(target) => Some(target.clone()),
                    _ => None,
                });
            let Some(next) = next else { break };
            name = next;
        }
    }
    let of_type = |record: &DnsRecord| record.data.record_type() == question.record_type;
    answer.answers.iter().any(|record| record.name == name && of_type(record))
}
