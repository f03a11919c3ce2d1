//! Names of ports, as /etc/services of Debian has them for TCP.

const NAMES: [(u16, &str); 40] = [
    (20, "ftp-data"),
    (21, "ftp"),
    (22, "ssh"),
    (23, "telnet"),
    (25, "smtp"),
    (53, "domain"),
    (80, "http"),
    (88, "kerberos"),
    (110, "pop3"),
    (111, "sunrpc"),
    (143, "imap2"),
    (179, "bgp"),
    (389, "ldap"),
    (443, "https"),
    (445, "microsoft-ds"),
    (465, "submissions"),
    (514, "shell"),
    (587, "submission"),
    (636, "ldaps"),
    (853, "domain-s"),
    (873, "rsync"),
    (993, "imaps"),
    (995, "pop3s"),
    (1080, "socks"),
    (1194, "openvpn"),
    (1433, "ms-sql-s"),
    (2049, "nfs"),
    (3306, "mysql"),
    (3389, "ms-wbt-server"),
    (4369, "epmd"),
    (5060, "sip"),
    (5432, "postgresql"),
    (5671, "amqps"),
    (5672, "amqp"),
    (6379, "redis"),
    (7000, "bbs"),
    (8080, "http-alt"),
    (8081, "tproxy"),
    (8088, "omniorb"),
    (9418, "git"),
];

/// What a port is called; None for one without a name.
pub fn port_name(port: u16) -> Option<&'static str> {
    NAMES.iter().find(|(number, _)| *number == port).map(|(_, name)| *name)
}
