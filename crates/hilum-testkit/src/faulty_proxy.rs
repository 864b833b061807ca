//! A proxy between a program and a store that does what networks do: it refuses, resets, breaks off, stalls and lies.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What may go wrong with one answer.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// This status, and no body.
    Status(u16),
    /// No answer at all.
    Reset,
    /// The connection ends after so many bytes of the body.
    CutAfter(usize),
    /// Nothing more comes after so many bytes of the body, for so long; then the connection ends.
    StallAfter(usize, Duration),
    /// An answer that calls itself whole, of so many bytes of the body.
    ShortenTo(usize),
    /// One bit of this byte of the body is another.
    Flip(usize),
}

/// A request that came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// `GET`, `PUT`, ...
    pub method: String,
    /// `/bucket/key`, without what follows `?`.
    pub path: String,
    /// What the header `range` says.
    pub range: Option<String>,
    /// How many requests of this method and path came before.
    pub nth: usize,
}

/// A running proxy; it ends when dropped.
#[derive(Debug)]
pub struct FaultyProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// Chooses the fault of a request.
type Plan = dyn Fn(&SeenRequest) -> Option<Fault> + Send + Sync;

struct Shared {
    upstream: u16,
    plan: Box<Plan>,
    seen: Mutex<Vec<SeenRequest>>,
    counts: Mutex<BTreeMap<(String, String), usize>>,
    healed: AtomicBool,
    ended: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("upstream", &self.upstream).finish_non_exhaustive()
    }
}

impl FaultyProxy {
    /// Starts a proxy in front of a server on port `upstream` of this machine; `plan` chooses the fault of each request.
    ///
    /// # Panics
    /// If no port can be had.
    pub fn start(
        upstream: u16,
        plan: impl Fn(&SeenRequest) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|e| panic!("no port: {e}"));
        let address = listener.local_addr().unwrap_or_else(|e| panic!("no port: {e}"));
        let shared = Arc::new(Shared {
            upstream,
            plan: Box::new(plan),
            seen: Mutex::default(),
            counts: Mutex::default(),
            healed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&serving);
                // A client that goes away is what it came for.
                std::thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Self { address, shared }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.shared.healed.store(true, Ordering::SeqCst);
    }

    /// Everything that came by since it was last asked.
    pub fn take_seen(&self) -> Vec<SeenRequest> {
        std::mem::take(&mut self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// One request and its answer; then the connection ends.
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let (head, body) = read_message(&mut client)?;
        let request = self.note(&head);
        let healed = self.healed.load(Ordering::SeqCst);
        let fault = if healed { None } else { (self.plan)(&request) };
        match fault {
            Some(Fault::Reset) => return Ok(()),
            Some(Fault::Status(status)) => {
                let answer =
                    format!("HTTP/1.1 {status} Fault\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                return client.write_all(answer.as_bytes());
            }
            _ => {}
        }
        let answer = self.pass_on(&head, &body)?;
        let at = end_of_head(&answer).unwrap_or(answer.len());
        let (head, body) = answer.split_at(at);
        match fault {
            Some(Fault::CutAfter(bytes)) => {
                client.write_all(head)?;
                client.write_all(&body[..bytes.min(body.len())])
            }
            Some(Fault::StallAfter(bytes, pause)) => {
                client.write_all(head)?;
                client.write_all(&body[..bytes.min(body.len())])?;
                client.flush()?;
                std::thread::sleep(pause);
                Ok(())
            }
            Some(Fault::ShortenTo(bytes)) => {
                let body = &body[..bytes.min(body.len())];
                client.write_all(&with_header(head, "content-length", &body.len().to_string()))?;
                client.write_all(body)
            }
            Some(Fault::Flip(at)) => {
                let mut body = body.to_vec();
                if let Some(byte) = body.get_mut(at) {
                    *byte ^= 1;
                }
                client.write_all(head)?;
                client.write_all(&body)
            }
            _ => client.write_all(&answer),
        }
    }

    fn note(&self, head: &[u8]) -> SeenRequest {
        let text = String::from_utf8_lossy(head);
        let mut words = text.split_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let path = words.next().unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((method.clone(), path.clone())).or_default();
        let request = SeenRequest { method, path, range: header(&text, "range"), nth: *count };
        *count += 1;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        request
    }

    fn pass_on(&self, head: &[u8], body: &[u8]) -> io::Result<Vec<u8>> {
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.upstream))?;
        server.write_all(&with_header(head, "connection", "close"))?;
        server.write_all(body)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// The head of a message with the empty line that ends it, and its body.
fn read_message(stream: &mut TcpStream) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 1 << 14];
    loop {
        if let Some(at) = end_of_head(&bytes) {
            let length = header(&String::from_utf8_lossy(&bytes[..at]), "content-length");
            let length = length.and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
            if bytes.len() >= at + length {
                let body = bytes.split_off(at);
                return Ok((bytes, body));
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&piece[..n]),
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// A head in which `name` says `value`.
fn with_header(head: &[u8], name: &str, value: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(head);
    let others = text
        .trim_end()
        .lines()
        .filter(|line| !line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name)));
    let mut lines: Vec<&str> = others.collect();
    let line = format!("{name}: {value}");
    lines.push(&line);
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}
