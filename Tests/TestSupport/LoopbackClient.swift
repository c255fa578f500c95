import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Passes a request on to a server on this machine, the way a relay in a test does.
package enum LoopbackClient {
    /// What the server on `port` answers; 502 when it doesn't.
    package static func pass(_ request: LoopbackServer.Request, to port: Int) -> LoopbackServer.Answer {
        var lines = ["\(request.method) \(request.target) HTTP/1.1"]
        for (name, value) in request.headers {
            switch name {
            case "host", "connection": continue
            // What the server behind the relay knows as its own address.
            case "origin": lines.append("Origin: http://127.0.0.1:\(port)")
            case "referer": lines.append("Referer: http://127.0.0.1:\(port)/")
            default: lines.append("\(name): \(value)")
            }
        }
        lines += ["Host: 127.0.0.1:\(port)", "Connection: close", "", ""]
        guard let bytes = exchange(Array(lines.joined(separator: "\r\n").utf8) + request.body, port),
            let gap = bytes.firstRange(of: Array("\r\n\r\n".utf8))
        else { return LoopbackServer.Answer(status: 502) }
        let head = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            if ["content-length", "connection", "transfer-encoding"].contains(name) { continue }
            headers[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let status = head[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 502
        return LoopbackServer.Answer(status: status, headers: headers, body: Array(bytes[gap.upperBound...]))
    }

    /// Sends `bytes` and reads to the end; `nil` when there is nobody.
    private static func exchange(_ bytes: [UInt8], _ port: Int) -> [UInt8]? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        // The address is a local value that outlives the call.
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return nil }
            rest = rest.dropFirst(sent)
        }
        var answer: [UInt8] = []
        while true {
            let more = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
            }
            if more.isEmpty { return answer.isEmpty ? nil : answer }
            answer += more
        }
    }
}
