//! A TCP proxy on loopback whose network can break: connections are cut, refused, frozen or slowed when a test says so.
mod carry;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::mpsc,
    thread,
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        watch,
    },
    task::JoinSet,
};

/// After the system had no file left for a connection.
const BREATH: Duration = Duration::from_millis(20);

/// A proxy in a thread of its own, for tests with and without a runtime. Dropping it closes its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    // Whoever sends waits for the answer: there is at most one order for each thread of the test.
    orders: Option<UnboundedSender<Order>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What bytes meet on their way.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    frozen: bool,
    delay: Option<Duration>,
}

/// What is done with connections, and where the answer goes: how many there are then.
#[derive(Debug)]
struct Order {
    what: What,
    answer: mpsc::Sender<usize>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Count,
    Cut,
    Refuse(bool),
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and carries each connection to `target`, which need not be there yet.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let door = listener.try_clone()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (weather, seen) = watch::channel(Weather::default());
        let (orders, received) = unbounded_channel();
        let house = House {
            target,
            door,
            weather: seen,
            cut: watch::Sender::new(()),
            guests: JoinSet::new(),
            refuses: false,
        };
        let thread = thread::Builder::new().name("proxy".to_owned());
        let thread = thread.spawn(move || runtime.block_on(house.keep(listener, received)))?;
        Ok(Self { address, weather, orders: Some(orders), thread: Some(thread) })
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resets all present connections on both sides; when this returns they are closed. New ones are carried.
    pub fn cut(&self) {
        self.order(What::Cut);
    }

    /// Whether new connections are reset as soon as they come; `true` cuts the present ones too.
    pub fn refuse(&self, refuse: bool) {
        self.order(What::Refuse(refuse));
    }

    /// From now on connections are accepted and stay, but what is sent arrives only after [`thaw`](Self::thaw).
    pub fn freeze(&self) {
        self.weather.send_modify(|weather| weather.frozen = true);
    }

    /// Everything held back goes on.
    pub fn thaw(&self) {
        self.weather.send_modify(|weather| weather.frozen = false);
    }

    /// A delay for each piece that is read, either way; pieces of one direction wait one after the other.
    pub fn slow(&self, delay: Option<Duration>) {
        self.weather.send_modify(|weather| weather.delay = delay);
    }

    /// How many connections there are now.
    pub fn connections(&self) -> usize {
        self.order(What::Count)
    }

    /// Gives an order and waits until it is carried out.
    fn order(&self, what: What) -> usize {
        let (answer, answered) = mpsc::channel();
        // A proxy whose thread is gone has no connection, and carries none.
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send(Order { what, answer }).is_ok());
        if sent { answered.recv().unwrap_or_default() } else { 0 }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed.
            drop(thread.join());
        }
    }
}

/// What the thread knows.
struct House {
    target: SocketAddr,
    door: std::net::TcpListener,
    weather: watch::Receiver<Weather>,
    cut: watch::Sender<()>,
    guests: JoinSet<()>,
    refuses: bool,
}

impl House {
    async fn keep(mut self, listener: TcpListener, mut orders: UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.receive(stream),
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
                order = orders.recv() => {
                    let Some(order) = order else { return };
                    self.receive_all();
                    match order.what {
                        What::Count => {}
                        What::Cut => self.cut_all().await,
                        What::Refuse(refuse) => {
                            self.refuses = refuse;
                            if refuse {
                                self.cut_all().await;
                            }
                        }
                    }
                    while self.guests.try_join_next().is_some() {}
                    // Nobody waits any more when the test has panicked.
                    let _ = order.answer.send(self.guests.len());
                }
                Some(_) = self.guests.join_next() => {}
            }
        }
    }

    /// Those too that are connected but not accepted yet: for their clients they are there.
    fn receive_all(&mut self) {
        while let Ok((stream, _)) = self.door.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                self.receive(stream);
            }
        }
    }

    fn receive(&mut self, client: TcpStream) {
        if self.refuses {
            carry::reset(&client);
            return;
        }
        self.guests.spawn(carry::carry(client, self.target, self.weather.clone(), self.cut.subscribe()));
    }

    async fn cut_all(&mut self) {
        self.cut.send_replace(());
        while self.guests.join_next().await.is_some() {}
    }
}
