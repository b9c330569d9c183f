//! The proxy breaks connections to an echo server in each of its ways, and mends what can be mended.
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use gongkai_testkit::proxy::Proxy;

#[cfg(test)]
mod facts {
    use super::*;

    /// Longer than anything on loopback takes.
    const SILENCE: Duration = Duration::from_millis(200);

    /// Answers every connection with what it sends; counts those that are open.
    fn echo() -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&open);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counter = Arc::clone(&counter);
                counter.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    drop(io::copy(&mut &stream, &mut &stream));
                    drop(stream);
                    counter.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        (address, open)
    }

    fn client(address: SocketAddr) -> TcpStream {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream
    }

    fn ask(mut stream: &TcpStream, text: &str) -> io::Result<String> {
        stream.write_all(text.as_bytes())?;
        hear(stream, text.len())
    }

    fn hear(mut stream: &TcpStream, length: usize) -> io::Result<String> {
        let mut heard = vec![0; length];
        stream.read_exact(&mut heard)?;
        Ok(String::from_utf8(heard).unwrap())
    }

    fn is_reset(mut stream: &TcpStream) -> bool {
        stream.read(&mut [0; 16]).is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
    }

    fn silent(stream: &TcpStream) -> bool {
        stream.set_read_timeout(Some(SILENCE)).unwrap();
        let heard = hear(stream, 1);
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        heard.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    fn until(what: impl Fn() -> bool) -> bool {
        let end = Instant::now() + Duration::from_secs(5);
        while !what() && Instant::now() < end {
            thread::sleep(Duration::from_millis(5));
        }
        what()
    }

    #[test]
    fn bytes_and_an_orderly_end_are_carried_both_ways() {
        let (target, open) = echo();
        let proxy = Proxy::start(target).unwrap();
        let one = client(proxy.address());
        let mut other = client(proxy.address());
        assert_eq!(proxy.connections(), 2);
        assert_eq!(ask(&one, "one").unwrap(), "one");
        assert_eq!(ask(&other, "other").unwrap(), "other");
        let much = vec![7; 3_000_000];
        let sent = much.clone();
        let mut writer = other.try_clone().unwrap();
        let writing = thread::spawn(move || {
            writer.write_all(&sent).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut heard = Vec::new();
        other.read_to_end(&mut heard).unwrap();
        writing.join().unwrap();
        assert!(heard == much);
        assert!(until(|| proxy.connections() == 1 && open.load(Ordering::SeqCst) == 1));
        drop(proxy);
        assert!(until(|| open.load(Ordering::SeqCst) == 0));
        assert!(ask(&one, "more").is_err());
    }

    #[test]
    fn a_cut_resets_what_is_there_and_nothing_that_comes_later() {
        let (target, open) = echo();
        let proxy = Proxy::start(target).unwrap();
        let used = client(proxy.address());
        assert_eq!(ask(&used, "a").unwrap(), "a");
        let fresh = client(proxy.address());
        proxy.cut();
        assert_eq!(proxy.connections(), 0);
        assert!(is_reset(&used) && is_reset(&fresh));
        assert!(until(|| open.load(Ordering::SeqCst) == 0));
        assert_eq!(ask(&client(proxy.address()), "again").unwrap(), "again");
    }

    #[test]
    fn a_proxy_that_refuses_cuts_and_resets_newcomers_until_it_no_longer_does() {
        let (target, open) = echo();
        let proxy = Proxy::start(target).unwrap();
        let before = client(proxy.address());
        assert_eq!(ask(&before, "a").unwrap(), "a");
        proxy.refuse(true);
        assert!(is_reset(&before));
        // The reset may come while the client still connects.
        let meanwhile = TcpStream::connect(proxy.address());
        assert!(meanwhile.is_err() || meanwhile.is_ok_and(|stream| ask(&stream, "b").is_err()));
        assert!(until(|| open.load(Ordering::SeqCst) == 0));
        proxy.refuse(false);
        assert_eq!(ask(&client(proxy.address()), "c").unwrap(), "c");
    }

    #[test]
    fn a_frozen_proxy_accepts_and_holds_everything_back() {
        let (target, open) = echo();
        let proxy = Proxy::start(target).unwrap();
        let mut before = client(proxy.address());
        assert_eq!(ask(&before, "a").unwrap(), "a");
        proxy.freeze();
        before.write_all(b"b").unwrap();
        let mut meanwhile = client(proxy.address());
        meanwhile.write_all(b"c").unwrap();
        let gone = client(proxy.address());
        drop(gone);
        assert!(silent(&before) && silent(&meanwhile));
        assert_eq!((open.load(Ordering::SeqCst), proxy.connections()), (1, 3));
        proxy.thaw();
        assert_eq!((hear(&before, 1).unwrap(), hear(&meanwhile, 1).unwrap()), ("b".into(), "c".into()));
        assert!(until(|| open.load(Ordering::SeqCst) == 2));
    }

    #[test]
    fn a_frozen_connection_can_be_cut() {
        let (target, _) = echo();
        let proxy = Proxy::start(target).unwrap();
        proxy.freeze();
        let mut stream = client(proxy.address());
        stream.write_all(b"a").unwrap();
        proxy.cut();
        assert!(is_reset(&stream));
        proxy.thaw();
        assert_eq!(proxy.connections(), 0);
    }

    #[test]
    fn a_slow_proxy_delays_each_piece_either_way() {
        let (target, _) = echo();
        let proxy = Proxy::start(target).unwrap();
        let stream = client(proxy.address());
        assert_eq!(ask(&stream, "a").unwrap(), "a");
        proxy.slow(Some(Duration::from_millis(300)));
        let begin = Instant::now();
        assert_eq!(ask(&stream, "b").unwrap(), "b");
        assert!(begin.elapsed() >= Duration::from_millis(600));
        proxy.slow(None);
        let begin = Instant::now();
        assert_eq!(ask(&stream, "c").unwrap(), "c");
        assert!(begin.elapsed() < Duration::from_millis(600));
    }

    #[test]
    fn a_target_that_is_not_there_resets_its_clients_and_may_come_later() {
        let place = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = place.local_addr().unwrap();
        drop(place);
        let proxy = Proxy::start(address).unwrap();
        assert!(is_reset(&client(proxy.address())));
        let listener = TcpListener::bind(address).unwrap();
        let mut stream = client(proxy.address());
        stream.write_all(b"a").unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(hear(&accepted, 1).unwrap(), "a");
    }

    #[tokio::test]
    async fn it_works_inside_a_runtime() {
        let (target, _) = echo();
        let proxy = Proxy::start(target).unwrap();
        let stream = tokio::net::TcpStream::connect(proxy.address()).await.unwrap();
        proxy.cut();
        assert!(stream.readable().await.is_ok_and(|()| stream.try_read(&mut [0; 1]).is_err()));
    }
}
