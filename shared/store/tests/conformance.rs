//! The suite on both engines, each fact on a database of its own.
#![expect(clippy::unwrap_used, reason = "a store that does not open ends its test")]

use std::sync::Arc;

use gongkai_store::{SqlStore, Store};
use gongkai_testkit::servers::{Certificates, Database};

mod sqlite {
    use super::*;

    /// An empty store in a folder of its own.
    struct Fresh {
        store: Arc<dyn Store>,
        _folder: tempfile::TempDir,
    }

    async fn fresh() -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        let store = SqlStore::sqlite(folder.path().join("gongkai.db")).await.unwrap();
        Fresh { store: Arc::new(store), _folder: folder }
    }

    gongkai_store::store_conformance!(crate::sqlite::fresh);
}

mod postgres {
    use super::*;

    /// An empty store in a database of its own, on the server of the test run.
    struct Fresh {
        store: Arc<dyn Store>,
    }

    async fn fresh() -> Fresh {
        let name = format!("store_{}", uuid::Uuid::now_v7().simple());
        let url = Database::shared().unwrap().create(&name).unwrap();
        Fresh { store: Arc::new(SqlStore::postgres(&url).await.unwrap()) }
    }

    gongkai_store::store_conformance!(crate::postgres::fresh);

    #[tokio::test(flavor = "multi_thread")]
    async fn processes_that_start_together_make_one_schema() {
        let name = format!("store_{}", uuid::Uuid::now_v7().simple());
        let url = Database::shared().unwrap().create(&name).unwrap();
        let openings: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { SqlStore::postgres(&url).await.map(drop) })
            })
            .collect();
        for opening in openings {
            opening.await.unwrap().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_is_spoken_to_over_tls_and_only_if_its_authority_is_trusted() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (own, foreign) = (Certificates::new().unwrap(), Certificates::new().unwrap());
        let server = Database::start_with_tls(&own).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = |name: &str, authority: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, authority).unwrap();
            format!("{}?sslmode=verify-full&sslrootcert={}", server.url("postgres"), file.display())
        };
        let store = SqlStore::postgres(&url("own.pem", &own.authority)).await.unwrap();
        assert!(store.schema_version().await.unwrap() > 0);
        let over_tls = server.sql("postgres", "SELECT count(*) FROM pg_stat_ssl WHERE ssl").unwrap();
        assert_ne!(over_tls.trim(), "0", "connections speak TLS");
        let refused =
            SqlStore::postgres(&url("foreign.pem", &foreign.authority)).await.map(drop).unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{refused}");
    }
}
