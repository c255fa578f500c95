/// Reads server-sent events (HTML Living Standard, section 9.2): the `data` of each, in order.
package struct EventStream {
    private var line: [UInt8] = []
    private var data: [UInt8]?
    private var endedInReturn = false

    /// A stream nothing has come of yet.
    package init() {}

    /// Takes what came and returns the data of the events that it completed.
    package mutating func take(_ chunk: ArraySlice<UInt8>) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in chunk {
            switch byte {
            case UInt8(ascii: "\n") where endedInReturn: endedInReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endedInReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                endedInReturn = false
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { data = nil }
            return data
        }
        let field = Array("data:".utf8)
        guard line.starts(with: field) else { return nil }
        var value = line.dropFirst(field.count)
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        if data == nil { data = Array(value) } else { data?.append(contentsOf: [UInt8(ascii: "\n")] + value) }
        return nil
    }
}
