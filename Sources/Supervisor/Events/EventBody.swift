import Hummingbird
import NIOCore

/// An answer that never ends: a listener's events.
enum EventBody {
    /// The events of a listener, until it or the server goes.
    static func body(_ listener: EventBroadcast.Listener, of broadcast: EventBroadcast) -> ResponseBody {
        ResponseBody { writer in
            defer { broadcast.leave(listener.identifier) }
            // The head alone is sent with the first bytes: the browser knows at once that it is connected.
            try await writer.write(ByteBuffer(string: "retry: 500\n" + EventMessage.quiet + listener.first.joined()))
            for await message in listener.messages { try await writer.write(ByteBuffer(string: message)) }
            if let farewell = broadcast.farewell(to: listener.identifier) {
                try await writer.write(ByteBuffer(string: farewell))
            }
            try await writer.finish(nil)
        }
    }
}
