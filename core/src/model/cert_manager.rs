//! cert-manager: which Secrets it makes.

use super::{Metadata, Text};

object! {
    /// A Certificate of cert-manager's.
    pub struct IssuedCertificate {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: IssuedCertificateSpec = "spec",
    }

    pub struct IssuedCertificateSpec {
        /// The Secret that is made, in the Certificate's namespace.
        pub secret_name: Text = "secretName",
    }
}
