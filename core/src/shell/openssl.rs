//! openssl, as posts use it: which certificate a server shows (`s_client`), what stands in one (`x509`), and one of one's own for
//! a Secret (`req -x509`). What is generated holds no real key: it names whom it is for, and nothing can be signed with it.

use super::stream::{CommandInput, CommandOutput};
use super::{CommandScope, ShellRunner};
use crate::cluster::ingress_implementation::IngressImplementation;
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::console::{ConsoleView, addresses, curl, served};
use crate::container::FileContent;
use crate::request::{Ask, Request};
use crate::source::ObjectRef;
use crate::terminal::UsageError;
use crate::terminal::session::BEGINNING;
use crate::trace::{CandidateSubject, Component, Hop, Outcome, Resolution};
use certificate::{CertificateText, pem};
use write::CertificateRequest;

mod certificate;
mod write;

/// What the options ask for.
#[derive(Default)]
struct OpensslOptions {
    connect: Option<String>,
    server_name: Option<String>,
    no_server_name: bool,
    is_quiet: bool,
    is_brief: bool,
    input: Option<String>,
    output: Option<String>,
    key_output: Option<String>,
    hides_text: bool,
    /// What x509 is to print, in order.
    prints: Vec<&'static str>,
    ends_within: Option<u64>,
    signs: bool,
    subject: Option<String>,
    extension: Option<String>,
    days: Option<u64>,
    makes_certificate: bool,
}

/// The options of all its commands that are understood.
const OPTIONS: OptionTable<OpensslOptions> = OptionTable {
    options: &[
        ToolOption::text("-connect", |given, value| given.connect = Some(value)),
        ToolOption::text("-servername", |given, value| given.server_name = Some(value)),
        ToolOption::switch("-noservername", |given| given.no_server_name = true),
        ToolOption::switch("-quiet", |given| given.is_quiet = true),
        ToolOption::switch("-brief", |given| given.is_brief = true),
        ToolOption::text("-in", |given, value| given.input = Some(value)),
        ToolOption::text("-out", |given, value| given.output = Some(value)),
        ToolOption::text("-keyout", |given, value| given.key_output = Some(value)),
        ToolOption::switch("-noout", |given| given.hides_text = true),
        ToolOption::switch("-subject", |given| given.prints.push("subject")),
        ToolOption::switch("-issuer", |given| given.prints.push("issuer")),
        ToolOption::switch("-dates", |given| given.prints.extend(["startdate", "enddate"])),
        ToolOption::switch("-startdate", |given| given.prints.push("startdate")),
        ToolOption::switch("-enddate", |given| given.prints.push("enddate")),
        ToolOption::switch("-serial", |given| given.prints.push("serial")),
        ToolOption::switch("-text", |given| given.prints.push("text")),
        ToolOption::text("-ext", |given, _| given.prints.push("names")),
        ToolOption::text("-checkend", |given, value| given.ends_within = value.parse().ok()),
        ToolOption::switch("-req", |given| given.signs = true),
        ToolOption::text("-subj", |given, value| given.subject = Some(value)),
        ToolOption::text("-addext", |given, value| given.extension = Some(value)),
        ToolOption::text("-days", |given, value| given.days = value.parse().ok()),
        ToolOption::switch("-x509", |given| given.makes_certificate = true),
        // Whom one trusts, which versions and keys, who answers questions.
        ToolOption::ignored(
            "-showcerts -nodes -noenc -new -batch -sha256 -CAcreateserial -ign_eof -tls1_2 -tls1_3 -tlsextdebug",
        ),
        ToolOption::ignored("-verify_return_error -prexit -crlf -nocommands -genkey"),
        ToolOption::ignored_value(
            "-newkey -key -keyform -CAfile -CApath -verify -alpn -status -CA -CAkey -set_serial -name",
        ),
        ToolOption::ignored_value("-extfile -config -algorithm -pkeyopt -nameopt -inform -outform -cert"),
    ],
    style: OptionStyle::Go,
    refuse: |fault, shown| match fault {
        OptionFault::NoValue => UsageError::of_tool(1, format!("Option {shown} needs a value")),
        OptionFault::Unknown | OptionFault::NotModelled => {
            UsageError::new(1, format!("option {shown} isn't understood here"))
        }
    },
};

/// For the list of what is modelled.
pub fn listed_options() -> Vec<&'static str> {
    OPTIONS.listed()
}

impl ShellRunner<'_> {
    pub(super) fn openssl(&mut self, scope: &CommandScope, args: &[String], input: &CommandInput) -> CommandOutput {
        let (command, args) = args.split_first().map_or(("help", args), |(command, args)| (command.as_str(), args));
        let mut given = OpensslOptions::default();
        let words = OPTIONS.read(args, &mut given).map_err(|error| error.named(&format!("openssl {command}")));
        let words = match words {
            Ok(words) => words,
            Err(error) => return self.refuse(error),
        };
        match command {
            "version" => CommandOutput::text("OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n"),
            "s_client" => self.s_client(scope, &given, words.first()),
            "x509" if given.signs => self.sign_request(scope, &given, input),
            "x509" => self.x509(scope, &given, input),
            "req" if given.subject.is_none() && given.input.is_none() => self
                .refuse(UsageError::new(1, "openssl req: it would ask for a subject: give one with -subj '/CN=name'")),
            "req" => self.request(scope, &given),
            "genrsa" | "genpkey" | "ecparam" => {
                let text = write::key_text();
                self.save_or_print(scope, given.output.as_deref(), text)
            }
            other => self.refuse(UsageError::new(1, format!("openssl {other} isn't understood here"))),
        }
    }

    fn save_or_print(&mut self, scope: &CommandScope, path: Option<&str>, text: String) -> CommandOutput {
        match path {
            None => CommandOutput::text(text),
            Some(path) => self.write_file(scope, path, text, false, false).err().unwrap_or_default(),
        }
    }

    /// Which certificate is shown, and by whom it is signed.
    fn s_client(&mut self, scope: &CommandScope, given: &OpensslOptions, word: Option<&String>) -> CommandOutput {
        // 1. The handshake, and how far it comes.
        let server = given.connect.as_ref().or(word).map_or("localhost:4433", String::as_str);
        let resolution = match self.handshake(scope, given, server) {
            Ok(resolution) => resolution,
            Err(error) => return self.refuse(error),
        };
        let outcome = resolution.outcome();
        let view = ConsoleView {
            manifests: self.cluster.manifests(),
            plane: self.cluster.plane(),
            session: self.session,
            client: &scope.client,
            libc: scope.libc,
            is_terminal: scope.is_terminal,
        };
        // 2. Who ends it, with the certificate that is shown there.
        let is_plain = served::pod_answer(&view, &resolution).is_some();
        let hops: Vec<Hop> = resolution
            .landings
            .first()
            .map(|landing| landing.trail.hops_backwards().cloned().collect())
            .unwrap_or_default();
        self.resolution = Some(resolution);
        let shown = hops.iter().rev().find_map(|hop| shown_certificate(hop).map(|secret| (hop.component, secret)));
        // 3. The certificate, or why there is none.
        let failed = |number: i32, why: &str| CommandOutput::failure(1, format!("{why}connect:errno={number}"));
        match (shown, outcome) {
            (Some((component, secret)), _) => {
                let cluster = &self.cluster.plane().cluster;
                let namespace = |secret: &ObjectRef| secret.namespace.clone().unwrap_or_default();
                let found =
                    secret.and_then(|secret| cluster.secrets.get(&namespace(&secret), &secret.name)?.value("tls.crt"));
                let text = found.map(|text| text.to_string());
                self.show_certificate(given, component, text)
            }
            (None, Some(Outcome::Unresolved)) => failed(2, "BIO_lookup_ex:system lib:Name or service not known\n"),
            (None, Some(Outcome::Refused)) => failed(111, "BIO_connect:Connection refused\n"),
            (None, Some(Outcome::Dropped)) => failed(110, "BIO_connect:Connection timed out\n"),
            (None, Some(Outcome::Unroutable)) => failed(113, "BIO_connect:No route to host\n"),
            (None, _) if is_plain => CommandOutput {
                text: "CONNECTED(00000003)\n---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\n".to_owned(),
                ..CommandOutput::failure(1, "error:0A00010B:SSL routines:ssl3_get_record:wrong version number")
            },
            (None, _) => {
                self.note("which certificate is shown there isn't known here".to_owned());
                CommandOutput { text: "CONNECTED(00000003)\n".to_owned(), has_unknown: true, ..Default::default() }
            }
        }
    }

    fn handshake(&self, scope: &CommandScope, given: &OpensslOptions, server: &str) -> Result<Resolution, UsageError> {
        let plane = self.cluster.plane();
        let server = addresses::replace(plane, server)?;
        let (host, port) = server.rsplit_once(':').unwrap_or((&server, "4433"));
        // Without -servername it asks for the host, unless that is an address.
        let name = given.server_name.clone().filter(|_| !given.no_server_name).unwrap_or_else(|| host.to_owned());
        let words = ["-k", "--connect-to", &format!("{name}:{port}:{host}:{port}"), &format!("https://{name}:{port}/")];
        let Ask::Http(ask) = curl::parse_curl(&words.map(str::to_owned))?.ask() else {
            return Err(UsageError::new(1, "openssl s_client: this isn't understood here"));
        };
        let sender = plane.sender(&scope.client).map_err(|error| UsageError::new(1, error.0))?;
        let libc = scope.libc.unwrap_or_else(|| sender.libc());
        Ok(plane.resolve(&sender, &Request { from: scope.client.clone(), ask: Ask::Http(ask), libc }))
    }

    /// The certificate of a Secret, or that which the controller makes for itself.
    fn show_certificate(
        &mut self,
        given: &OpensslOptions,
        component: Component,
        secret: Option<String>,
    ) -> CommandOutput {
        // 1. Subject and issuer; the controllers' own certificates are known by name only.
        let read = secret.as_ref().and_then(|text| CertificateText::read_pem(text));
        let (subject, issuer) = match (&read, component) {
            (Some(read), _) => (read.subject.clone(), read.issuer.clone()),
            (None, Component::Ingress(IngressImplementation::Traefik | IngressImplementation::TraefikNginx)) => {
                let name = "CN = TRAEFIK DEFAULT CERT".to_owned();
                (name.clone(), name)
            }
            (None, _) => {
                let name = "O = Acme Co, CN = Kubernetes Ingress Controller Fake Certificate".to_owned();
                (name.clone(), name)
            }
        };
        if read.is_none() {
            self.note("the controller made this certificate by itself: its text isn't known here".to_owned());
        }
        // 2. What openssl thinks of it.
        let (number, verdict) = if subject == issuer {
            (18, "self-signed certificate")
        } else {
            (20, "unable to get local issuer certificate")
        };
        let errors = format!(
            "depth=0 {subject}\nverify error:num={number}:{verdict}\nverify return:1\ndepth=0 {subject}\nverify return:1\n"
        );
        // 3. Quiet or brief.
        if given.is_quiet || given.is_brief {
            let brief = format!(
                "CONNECTION ESTABLISHED\nProtocol version: TLSv1.3\nPeer certificate: {subject}\nVerification error: {verdict}\n"
            );
            let errors = if given.is_brief { errors + &brief } else { errors };
            return CommandOutput { errors, ..CommandOutput::default() };
        }
        // 4. The whole chain.
        let details = read.as_ref().map(|read| {
            format!(
                "   a:PKEY: {}; sigalg: {}\n   v:NotBefore: {}; NotAfter: {}\n",
                read.key, read.signature, read.not_before, read.not_after
            )
        });
        let own = secret.as_deref().and_then(pem).unwrap_or_default();
        let text = format!(
            "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:{subject}\n   i:{issuer}\n{}---\nServer certificate\n{own}\
             subject={subject}\nissuer={issuer}\n---\nNo client certificate CA names sent\n---\nVerification error: {verdict}\n---\n\
             DONE\n",
            details.unwrap_or_default()
        );
        CommandOutput { errors, ..CommandOutput::text(text) }
    }

    /// What stands in a certificate.
    fn x509(&mut self, scope: &CommandScope, given: &OpensslOptions, input: &CommandInput) -> CommandOutput {
        // 1. The certificate.
        let text = match self.certificate_input(scope, given, input) {
            Ok(text) => text,
            Err(refused) => return refused,
        };
        let read = CertificateText::read_pem(&text);
        let mut all = CommandOutput::default();
        // 2. The parts that are asked for.
        for what in &given.prints {
            // Of a certificate whose text isn't known, s_client tells the names.
            let line = |name: &str| text.lines().find(|line| line.starts_with(name)).map(|line| format!("{line}\n"));
            let shown = match (&read, *what) {
                (Some(read), what) => Some(read.printed(what)),
                (None, "subject") => line("subject="),
                (None, "issuer") => line("issuer="),
                (None, _) => None,
            };
            match shown {
                Some(shown) => all.text.push_str(&shown),
                None if text.contains("subject=") => {
                    self.note(format!(
                        "openssl x509: -{what} of a certificate that a controller made isn't known here"
                    ));
                    all.has_unknown = true;
                }
                None => {
                    return CommandOutput::failure(
                        1,
                        "Could not read certificate from <stdin>\nUnable to load certificate",
                    );
                }
            }
        }
        // 3. Whether it ends soon.
        if let (Some(seconds), Some(read)) = (given.ends_within, &read) {
            let ends = read.ends_at.is_some_and(|end| end <= BEGINNING + self.session.seconds + seconds);
            all.text.push_str(if ends { "Certificate will expire\n" } else { "Certificate will not expire\n" });
            all.exit = i32::from(ends);
        }
        // 4. Its text.
        if !given.hides_text {
            all.text.push_str(&pem(&text).unwrap_or_default());
        }
        all
    }

    fn certificate_input(
        &mut self,
        scope: &CommandScope,
        given: &OpensslOptions,
        input: &CommandInput,
    ) -> Result<String, CommandOutput> {
        let content = match (&given.input, input) {
            (Some(path), _) => (self.read_file(scope, path), path.as_str()),
            (None, CommandInput::Text(text)) => (FileContent::Text(text.clone()), "<stdin>"),
            (None, CommandInput::Unknown) => (FileContent::Unknown, "<stdin>"),
            (None, CommandInput::Nothing) => (FileContent::Text(String::new()), "<stdin>"),
        };
        match content {
            (FileContent::Text(text), _) => Ok(text),
            (FileContent::Unknown, _) => Err(CommandOutput::unknown()),
            (FileContent::Missing, path) => {
                let why =
                    format!("Can't open \"{path}\" for reading, No such file or directory\nUnable to load certificate");
                Err(CommandOutput::failure(1, why))
            }
        }
    }

    /// A request for a certificate, or one that signs itself, with a key beside it.
    fn request(&mut self, scope: &CommandScope, given: &OpensslOptions) -> CommandOutput {
        let subject = given.subject.clone().unwrap_or_default();
        let request = CertificateRequest {
            subject: &subject,
            issuer: &subject,
            names: given.extension.as_deref().and_then(|text| text.strip_prefix("subjectAltName")).unwrap_or_default(),
            from: BEGINNING + self.session.seconds,
            days: given.days.unwrap_or(30),
        };
        let text = if given.makes_certificate { request.certificate() } else { request.request_text() };
        let Some(text) = text else {
            return CommandOutput::failure(
                1,
                "req: Error: subject name is expected to be in the format /type0=value0/type1=value1",
            );
        };
        if let Some(path) = &given.key_output
            && let Err(refused) = self.write_file(scope, path, write::key_text(), false, false)
        {
            return refused;
        }
        self.note("the key is a stand-in: nothing here computes with keys".to_owned());
        let written = self.save_or_print(scope, given.output.as_deref(), text);
        CommandOutput { errors: "-----\n".to_owned() + &written.errors, ..written }
    }

    /// `x509 -req`: the certificate of a request, by an authority.
    fn sign_request(&mut self, scope: &CommandScope, given: &OpensslOptions, input: &CommandInput) -> CommandOutput {
        let text = match self.certificate_input(scope, given, input) {
            Ok(text) => text,
            Err(refused) => return refused,
        };
        let Some(subject) = write::subject_of_request(&text) else {
            return CommandOutput::failure(1, "Unable to load X509 request");
        };
        let from = BEGINNING + self.session.seconds;
        let days = given.days.unwrap_or(30);
        let request = CertificateRequest { subject: &subject, issuer: "/CN=CA", names: "", from, days };
        let text = request.certificate().unwrap_or_default();
        let written = self.save_or_print(scope, given.output.as_deref(), text);
        let said = format!("Certificate request self-signature ok\nsubject={}\n", write::shown_subject(&subject));
        CommandOutput { errors: said + &written.errors, ..written }
    }
}

/// The certificate that a controller shows in a handshake: the Secret's text, or one of its own.
fn shown_certificate(hop: &Hop) -> Option<Option<ObjectRef>> {
    let chosen = hop.candidates.get(hop.chosen?)?;
    let CandidateSubject::Certificate { secret, .. } = &chosen.what else { return None };
    Some(secret.clone())
}
