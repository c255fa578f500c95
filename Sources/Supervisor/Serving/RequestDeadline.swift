import NIOCore
import NIOHTTPTypes

/// Ends a connection whose request does not arrive whole in time, however steadily it trickles, one on which nothing is
/// asked for long, and one whose other end takes nothing of what is sent to it.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let requestTime: TimeAmount
    private let idleTime: TimeAmount
    private var timer: Scheduled<Void>?
    private var isReceiving = false
    /// Whether the request that arrives now was answered before its end.
    private var isAnsweredEarly = false
    /// Requests that arrived whole and were not answered yet.
    private var openCount = 0
    /// Parts of answers that the other end has not taken yet, and when that has lasted too long.
    private var untakenCount = 0
    private var takingTimer: Scheduled<Void>?

    init(requestTime: TimeAmount, idleTime: TimeAmount) {
        self.requestTime = requestTime
        self.idleTime = idleTime
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // The first request has to begin at once: nobody connects for nothing.
        start(requestTime, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        takingTimer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        takingTimer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReceiving = true
            start(requestTime, context)
        case .body: break
        case .end:
            isReceiving = false
            if isAnsweredEarly {
                isAnsweredEarly = false
                start(idleTime, context)
            } else {
                timer?.cancel()
                openCount += 1
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            if openCount > 0 {
                openCount -= 1
                if openCount == 0, !isReceiving { start(idleTime, context) }
            } else {
                // Before the request's end, or to something that is no request: the request's own time goes on.
                isAnsweredEarly = isReceiving
            }
        }
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        untakenCount += 1
        let channel = context.channel
        if untakenCount == 1 { expectTaking(channel) }
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.untakenCount -= 1
            guard case .success = result, self.untakenCount > 0 else {
                self.takingTimer?.cancel()
                return
            }
            self.expectTaking(channel)
        }
        context.write(data, promise: promise)
    }

    private func expectTaking(_ channel: any Channel) {
        takingTimer?.cancel()
        takingTimer = channel.eventLoop.scheduleTask(in: idleTime) { channel.close(mode: .all, promise: nil) }
    }

    private func start(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }
}
