import NIOCore
import NIOHTTPTypes

/// Lets no other user's programs in: looked up as a connection comes, which is closed at once where it is another user's.
/// One on which nothing is sent would take the place of another for as long as a request may take.
final class PeerGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var isTrusted: Bool?

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { look(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        look(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isTrusted == true { context.fireChannelRead(data) }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard isTrusted == nil else { return }
        let found = Self.isTrusted(context.channel)
        isTrusted = found
        if !found { context.close(promise: nil) }
    }

    private static func isTrusted(_ channel: any Channel) -> Bool {
        guard let peer = channel.remoteAddress, let own = channel.localAddress, peer.ipAddress == "127.0.0.1",
            own.ipAddress == "127.0.0.1", let peerPort = peer.port, let ownPort = own.port
        else { return false }
        return PeerOwner.isTrusted(peerPort: peerPort, ownPort: ownPort)
    }
}
