//! A running nginx that judges our model of it: started with a configuration, asked, ended when dropped.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Numbers that look random and are the same each time (xorshift).
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 on below an end.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    /// One of some words.
    pub fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// nginx with a module for headers, as Debian packs them.
pub struct NginxProgram {
    program: PathBuf,
    /// The folder of its modules, if it has the one for headers.
    modules: Option<PathBuf>,
}

/// What stands in front of every configuration.
const PREAMBLE: &str = "daemon off; master_process off; pid nginx.pid; error_log error.log; events {}\n";
/// What stands at the begin of http.
const HTTP: &str = "access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; \
                    scgi_temp_path scgi; port_in_redirect off;\n";

impl NginxProgram {
    /// The one that is installed.
    pub fn find() -> Option<Self> {
        let folders = std::env::var("PATH").unwrap_or_default();
        let folders =
            folders.split(':').map(str::to_owned).chain(["/usr/sbin".to_owned(), "/usr/local/sbin".to_owned()]);
        let program = folders.map(|folder| Path::new(&folder).join("nginx")).find(|program| program.is_file());
        let modules = PathBuf::from("/usr/lib/nginx/modules");
        let modules = Some(modules).filter(|folder| folder.join("ngx_http_headers_more_filter_module.so").is_file());
        program.map(|program| Self { program, modules })
    }

    /// Whether the module headers-more stands beside it.
    pub fn has_headers_more(&self) -> bool {
        self.modules.is_some()
    }

    /// A configuration of http as a whole file.
    fn file(&self, http: &str) -> String {
        let module = self
            .modules
            .iter()
            .map(|folder| format!("load_module {}/ngx_http_headers_more_filter_module.so;\n", folder.display()));
        let module: String = module.collect();
        format!("{module}{PREAMBLE}http {{\n{HTTP}{http}\n}}\n")
    }

    /// What `nginx -t` says to a configuration that it doesn't take.
    pub fn refusal(&self, folder: &Path, http: &str) -> Option<String> {
        fs::write(folder.join("nginx.conf"), self.file(http)).expect("nginx.conf can be written");
        let tested = self.command(folder).arg("-t").output().expect("nginx runs");
        let said = String::from_utf8_lossy(&tested.stderr).into_owned();
        let line = said.lines().find(|line| line.contains("[emerg]"))?;
        let message = line.split_once("[emerg] ").map_or(line, |(_, message)| message);
        Some(message.rsplit_once(" in /").map_or(message, |(message, _)| message).to_owned())
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-p", &folder.to_string_lossy(), "-c", "nginx.conf", "-e", "error.log"]);
        command
    }

    /// Starts it with what stands in http; `port` is one that it listens on.
    pub fn start(&self, port: u16, http: &str) -> NginxProcess {
        let folder = temporary_folder(port);
        fs::write(folder.join("nginx.conf"), self.file(http)).expect("nginx.conf can be written");
        let process = self.command(&folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts");
        let mut nginx = NginxProcess { process, port, folder };
        nginx.wait();
        nginx
    }
}

/// A folder for one nginx, which nobody else has.
pub fn temporary_folder(number: u16) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("whichpod-nginx-{number}"));
    fs::create_dir_all(&folder).expect("a folder for nginx");
    folder
}

/// A running nginx, ended when dropped.
pub struct NginxProcess {
    process: Child,
    port: u16,
    folder: PathBuf,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct NginxAnswer {
    /// `200`.
    pub status: u16,
    /// In order.
    pub headers: Vec<(String, String)>,
    /// As sent, perhaps in chunks.
    pub body: String,
}

impl NginxProcess {
    fn wait(&mut self) {
        for _ in 0..100 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nginx doesn't listen: {}", fs::read_to_string(self.folder.join("error.log")).unwrap_or_default());
    }

    /// Sends a request's head; None if nothing comes back.
    pub fn ask(&self, head: &str) -> Option<NginxAnswer> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("nginx listens");
        write!(stream, "{head}\r\nConnection: close\r\n\r\n").expect("nginx reads");
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        read.ok().filter(|_| !answer.is_empty())?;
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Some(NginxAnswer {
            status: status.expect("a status"),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: body.to_owned(),
        })
    }
}

impl NginxAnswer {
    /// The first value of a header, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Drop for NginxProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A server that answers every request with the head that it got; its port.
pub fn start_mirror() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = mirror(stream);
        }
    });
    port
}

fn mirror(mut stream: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            length => head.extend_from_slice(&piece[..length]),
        }
    }
    let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", head.len());
    stream.write_all(answer.as_bytes())?;
    // HEAD has no body, and nginx closes first.
    stream.write_all(&head)
}
