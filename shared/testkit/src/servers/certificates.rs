//! An authority of a test and what it certifies: servers that speak TLS, and what their clients trust.
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, Error, IsCa, KeyPair};

/// A certificate for a server on this machine, as PEM.
#[derive(Clone, Debug)]
pub struct Certificates {
    /// Certificate of the authority: what a client is told to trust.
    pub authority: String,
    /// Certificate of the server, for `localhost` and 127.0.0.1.
    pub server: String,
    /// The server's key.
    pub key: String,
}

impl Certificates {
    /// A new authority with a server's certificate.
    pub fn new() -> Result<Self, Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let server = CertificateParams::new(names)?.signed_by(&key, &authority)?;
        Ok(Self { authority: authority.pem(), server: server.pem(), key: key.serialize_pem() })
    }
}
