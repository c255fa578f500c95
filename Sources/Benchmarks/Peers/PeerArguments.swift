/// What is written behind a command of ``PeerCommands``.
struct PeerArguments {
    /// The data.
    let path: String
    /// The server's base, without `/v1`; nil to measure this process alone.
    private(set) var server: String?
    /// Whether details come as JSON lines; the last line always does.
    private(set) var json = false
    private(set) var model = "default"
    /// How often the work is done; figures are medians.
    private(set) var rounds: Int
    /// How many tickets are worked on at once.
    private(set) var parallel = 16
    /// How many cases are taken, evenly from all; nil for all.
    private(set) var limit: Int?
    private(set) var threads: Int?
    /// Whether a call that would fit too little isn't written.
    private(set) var declines = true

    init(_ command: String, _ words: [String]) throws {
        guard let own = PeerCommands.table.first(where: { $0.name == command }) else {
            preconditionFailure("`\(command)` is no command of these")
        }
        var rest = words[...]
        func number(_ option: String) throws -> Int {
            guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else {
                throw own.misuse("`\(option)` needs a number above 0")
            }
            return number
        }
        func text(_ option: String) throws -> String {
            guard let text = rest.popFirst() else { throw own.misuse("`\(option)` needs a value") }
            return text
        }
        var path: String?
        rounds = command == "bfcl" ? 1 : 3
        if command == "call-cost" { limit = 20 }
        while let word = rest.popFirst() {
            guard !word.hasPrefix("-") || own.takes(word) else {
                throw own.misuse("`\(word)` is unknown")
            }
            switch word {
            case "--server": server = try text(word)
            case "--json": json = true
            case "--model": model = try text(word)
            case "--rounds": rounds = try number(word)
            case "--parallel": parallel = try number(word)
            case "--limit": limit = try number(word)
            case "--threads": threads = try number(word)
            case "--no-decline": declines = false
            case _ where !word.hasPrefix("-") && path == nil: path = word
            default: throw own.misuse("`\(word)` is unknown")
            }
        }
        guard let path else { throw own.misuse("the data are missing") }
        self.path = path
    }
}
