//! Wraps a connection's stream and bodies to track its progress: what the client has sent and read.

use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::progress::{Phase, Progress};

/// A connection's stream.
pub(super) struct Stream {
    io: TcpStream,
    progress: Arc<Progress>,
}

impl Stream {
    pub(super) const fn new(io: TcpStream, progress: Arc<Progress>) -> Self {
        Self { io, progress }
    }

    /// Records whether written bytes wait for the client to read them.
    fn wrote<T>(&self, polled: Poll<T>) -> Poll<T> {
        if polled.is_pending() {
            self.progress.unread(true);
        }
        polled
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.progress.received();
        }
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(context, bytes);
        self.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    /// Called when everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(context);
        if polled.is_ready() {
            self.progress.unread(false);
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// A body whose end is recorded.
pub(super) struct Noted<B> {
    body: B,
    progress: Arc<Progress>,
    side: Side,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

impl<B: Body> Noted<B> {
    /// A request's body. At its end, the request is being handled.
    pub(super) fn request(body: B, progress: Arc<Progress>) -> Self {
        progress.enter(if body.is_end_stream() { Phase::Working } else { Phase::Body });
        Self { body, progress, side: Side::Request }
    }

    /// A response's body. At its end, the connection is idle.
    pub(super) const fn response(body: B, progress: Arc<Progress>) -> Self {
        Self { body, progress, side: Side::Response }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Noted<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let (Side::Request, Poll::Ready(Some(Ok(frame)))) = (self.side, &polled) {
            self.progress.body_received(frame.data_ref().map_or(0, Bytes::len));
        }
        let ended = matches!(polled, Poll::Ready(None)) || self.body.is_end_stream();
        if self.side == Side::Request && ended && !matches!(polled, Poll::Ready(Some(Err(_)))) {
            self.progress.enter(Phase::Working);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Noted<B> {
    fn drop(&mut self) {
        if self.side == Side::Response {
            self.progress.enter(Phase::Idle);
        }
    }
}
