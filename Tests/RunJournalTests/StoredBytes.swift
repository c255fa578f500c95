import Foundation

/// Where a SQLite file holds the values of its rows: the places in the file of the bytes that a row's columns are read
/// from, and nothing of free pages, free space in pages, or the b-tree's own pointers.
///
/// Source: the SQLite database file format (sqlite.org/fileformat2.html), sections 1.6 and 2.1.
struct StoredBytes {
    private let file: [UInt8]
    private let pageSize: Int
    private let usableSize: Int

    init(_ file: [UInt8]) {
        self.file = file
        let size = Int(file[16]) << 8 | Int(file[17])
        pageSize = size == 1 ? 65_536 : size
        usableSize = pageSize - Int(file[20])
    }

    /// The places of all value bytes of a table.
    func places(of table: String) -> [Int] {
        guard let root = rootPage(of: table) else { return [] }
        return payloads(below: root).flatMap { values(in: $0) }
    }

    /// The places of all value bytes of the schema: what tables, indexes and triggers there are, and where they begin.
    var schemaPlaces: [Int] { payloads(below: 1).flatMap { values(in: $0) } }

    /// The table's first page, from the schema: its columns are type, name, table, root page and text.
    private func rootPage(of table: String) -> Int? {
        for payload in payloads(below: 1) {
            let columns = self.columns(of: payload)
            let texts = columns.map { String(decoding: $0.places.map { file[$0] }, as: UTF8.self) }
            guard texts[0] == "table", texts[1] == table else { continue }
            return columns[3].places.reduce(0) { $0 << 8 | Int(file[$1]) }
        }
        return nil
    }

    /// The payload of every cell in the tree, each as the places of its bytes in order.
    private func payloads(below page: Int) -> [[Int]] {
        let start = (page - 1) * pageSize
        let header = page == 1 ? start + 100 : start
        let type = file[header]
        let isInterior = type == 0x05 || type == 0x02
        let isTable = type == 0x05 || type == 0x0D
        let cells = number(at: header + 3, 2)
        let pointers = header + (isInterior ? 12 : 8)
        var result: [[Int]] = []
        for cell in 0..<cells {
            var place = start + number(at: pointers + 2 * cell, 2)
            if isInterior {
                result += payloads(below: number(at: place, 4))
                place += 4
                if isTable { continue }
            }
            let count = varint(at: &place)
            if isTable { _ = varint(at: &place) }
            result.append(payload(of: count, at: place, isTable: isTable))
        }
        if isInterior { result += payloads(below: number(at: header + 8, 4)) }
        return result
    }

    /// What fits lies in the page; the rest in a list of pages of its own.
    private func payload(of count: Int, at place: Int, isTable: Bool) -> [Int] {
        let most = isTable ? usableSize - 35 : (usableSize - 12) * 64 / 255 - 23
        guard count > most else { return Array(place..<(place + count)) }
        let least = (usableSize - 12) * 32 / 255 - 23
        let wanted = least + (count - least) % (usableSize - 4)
        let local = wanted <= most ? wanted : least
        var places = Array(place..<(place + local))
        var next = number(at: place + local, 4)
        while places.count < count, next != 0 {
            let start = (next - 1) * pageSize
            next = number(at: start, 4)
            places += (start + 4)..<(start + 4 + min(usableSize - 4, count - places.count))
        }
        return places
    }

    private func values(in payload: [Int]) -> [Int] { columns(of: payload).flatMap(\.places) }

    /// A record's columns: a header with their types, then their bytes.
    private func columns(of payload: [Int]) -> [(type: Int, places: [Int])] {
        let bytes = payload.map { file[$0] }
        var position = 0
        let headerSize = Self.varint(bytes, at: &position)
        var types: [Int] = []
        while position < headerSize { types.append(Self.varint(bytes, at: &position)) }
        return types.map { type in
            let length =
                switch type {
                case 0, 8, 9: 0
                case 1, 2, 3, 4: type
                case 5: 6
                case 6, 7: 8
                default: (type - 12) / 2
                }
            defer { position += length }
            return (type, Array(payload[position..<(position + length)]))
        }
    }

    private func number(at place: Int, _ count: Int) -> Int {
        file[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private func varint(at place: inout Int) -> Int { Self.varint(file, at: &place) }

    private static func varint(_ bytes: [UInt8], at position: inout Int) -> Int {
        var value = 0
        for index in 0..<9 {
            let byte = bytes[position]
            position += 1
            if index == 8 { return value << 8 | Int(byte) }
            value = value << 7 | Int(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
        }
        return value
    }
}
