//! A web server on loopback that says what a test wants said, and records who asked for what, and when.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::sync::oneshot;

use super::Answer;

/// What answers at a path.
#[derive(Clone)]
pub(crate) enum Route {
    /// One answer after the other; the last one for ever.
    Sequence(Vec<Answer>),
    /// Made when asked.
    Made(Arc<dyn Fn(&Seen) -> Answer + Send + Sync>),
}

impl Route {
    pub(crate) fn made(make: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::Made(Arc::new(make))
    }

    /// A page behind a page cache that holds an older one.
    pub(crate) fn cached(stale: &str, fresh: &str) -> Self {
        let (stale, fresh) = (Answer::html(stale), Answer::html(fresh));
        let stale = stale.header("age", "5400").header("x-cache", "HIT");
        let fresh = fresh.header("x-cache", "MISS");
        Self::made(move |seen| if seen.bypasses_caches() { fresh.clone() } else { stale.clone() })
    }
}

impl From<Answer> for Route {
    fn from(answer: Answer) -> Self {
        Self::Sequence(vec![answer])
    }
}

impl From<Vec<Answer>> for Route {
    fn from(answers: Vec<Answer>) -> Self {
        Self::Sequence(answers)
    }
}

impl From<String> for Route {
    fn from(html: String) -> Self {
        Answer::html(html).into()
    }
}

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Since the server began.
    pub(crate) at: Duration,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Requests under way when it arrived, itself included.
    pub(crate) at_once: usize,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn bypasses_caches(&self) -> bool {
        self.query.contains("_stocktruth=") && self.header("cache-control") == Some("no-cache")
    }
}

struct Desk {
    routes: Mutex<BTreeMap<String, (Route, usize)>>,
    seen: Mutex<Vec<Seen>>,
    begun: Instant,
    under_way: AtomicUsize,
}

/// The server. Closes when dropped.
pub(crate) struct Shop {
    address: SocketAddr,
    desk: Arc<Desk>,
    _open: oneshot::Sender<()>,
}

impl Shop {
    pub(crate) fn open() -> Self {
        let desk = Arc::new(Desk {
            routes: Mutex::default(),
            seen: Mutex::default(),
            begun: Instant::now(),
            under_way: AtomicUsize::new(0),
        });
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (open, closed) = oneshot::channel::<()>();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&desk));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    _ = closed => {}
                }
            });
            runtime.shutdown_background();
        });
        Self { address, desk, _open: open }
    }

    /// Lets a path be answered, from now on. A path that ends in `*` stands for all that begin with it.
    pub(crate) fn on(&self, path: &str, route: impl Into<Route>) -> &Self {
        self.desk.routes.lock().expect("no panic").insert(path.to_owned(), (route.into(), 0));
        self
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far, in the order of their arrival.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.desk.seen.lock().expect("no panic").clone()
    }

    /// The requests for a path.
    pub(crate) fn seen_at(&self, path: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.path == path).collect()
    }
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop").field("address", &self.address).field("seen", &self.seen()).finish_non_exhaustive()
    }
}

/// Counts a request as under way for as long as it lives: until the answer has begun, or the client has gone.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn serve(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let at = desk.begun.elapsed();
    let at_once = desk.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    let _under_way = UnderWay(&desk.under_way);
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let seen = Seen {
        at,
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
        body: text(&body),
        at_once,
    };
    desk.seen.lock().expect("no panic").push(seen.clone());
    let answer = desk.answer(&seen);
    answer.respond().await
}

impl Desk {
    fn answer(&self, seen: &Seen) -> Answer {
        let mut routes = self.routes.lock().expect("no panic");
        let fits = |path: &str| path.strip_suffix('*').is_some_and(|start| seen.path.starts_with(start));
        let key = match routes.contains_key(&seen.path) {
            true => Some(seen.path.clone()),
            false => routes.keys().find(|path| fits(path)).cloned(),
        };
        let Some((route, asked)) = key.and_then(|key| routes.get_mut(&key)) else { return Answer::of_status(404) };
        *asked += 1;
        match route {
            Route::Sequence(answers) => answers[(*asked - 1).min(answers.len() - 1)].clone(),
            Route::Made(make) => {
                let make = Arc::clone(make);
                drop(routes);
                make(seen)
            }
        }
    }
}
