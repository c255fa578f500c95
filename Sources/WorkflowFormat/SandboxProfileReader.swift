import JSONSchemas

/// Reads a sandbox profile.
struct SandboxProfileReader {
    static let subject = "sandbox profile"
    private static let keys = ["profile", "summary", "network", "workspace", "landlock", "show", "limits"]
    private static let limitKeys = [
        "wall", "cpu", "memory", "processes", "open_files", "file_size", "tmp", "workspace", "workspace_entries",
        "output", "output_kept", "enforced_by",
    ]
    private static let nameLengthLimit = 64
    /// Landlock's rules in the helper have room for these, under two names each, beside the system's.
    private static let pathLimit = 16

    /// The name that the file's own name stands for; `nil` where it may have any.
    let expectedName: String?
    private var reader = FieldReader(subject: subject)

    init(expectedName: String?) {
        self.expectedName = expectedName
    }

    mutating func read(_ root: YAMLNode) throws(WorkflowErrors) -> SandboxProfileDefinition {
        let profile = reader.fields(root, of: "the file", known: Self.keys).flatMap { readProfile($0) }
        guard let profile, reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return profile
    }

    private mutating func readProfile(_ fields: Fields) -> SandboxProfileDefinition? {
        let name = readName(fields)
        let summary = reader.string(fields, "summary")
        let landlock = reader.choice(fields, "landlock", as: SandboxProfileDefinition.Landlock.self)
        let network = reader.choice(fields, "network", as: SandboxProfileDefinition.Network.self)
        let workspace = reader.choice(fields, "workspace", as: SandboxProfileDefinition.Workspace.self)
        let paths = readPaths(fields)
        let limits = readLimits(fields)
        guard let name, let limits else { return nil }
        return SandboxProfileDefinition(
            name: name, summary: summary, network: network ?? .none, workspace: workspace ?? .readOnly,
            landlock: landlock ?? .required,
            readOnlyPaths: paths, limits: limits)
    }

    private mutating func readName(_ fields: Fields) -> String? {
        guard let name = reader.string(fields, "profile", isRequired: true) else { return nil }
        let position = fields["profile"]?.position ?? fields.position
        if let expectedName, name != expectedName {
            reader.report(
                position, "`profile` is `\(name)`, and the file is `\(expectedName).yaml`",
                fix: "Give both the same name.")
        }
        let isName =
            name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            && name.first != "-" && name.utf8.count <= Self.nameLengthLimit
        if !isName {
            reader.report(
                position,
                "`profile` isn't a name of at most \(Self.nameLengthLimit) lower-case letters, digits and `-`")
        }
        // In a tool's manifest `sandbox: none` stands for no sandbox.
        if name == "none" {
            reader.report(position, "`none` means no sandbox in a tool's manifest", fix: "Choose another name.")
        }
        return name
    }

    private mutating func readPaths(_ fields: Fields) -> [String] {
        guard let node = fields["show"], let elements = reader.sequence(node, "`show`") else { return [] }
        if elements.count > Self.pathLimit {
            reader.report(node.position, "`show` has \(elements.count) paths, more than \(Self.pathLimit)")
        }
        var paths: [String] = []
        for element in elements {
            guard let path = reader.string(element, "a path of `show`") else { continue }
            if !Self.isPath(path) {
                reader.report(
                    element.position,
                    "a path of `show` isn't absolute, or has `.`, `..`, an empty part or a control character",
                    fix: "Write it as `/opt/tool`.")
            } else if paths.contains(path) {
                reader.report(element.position, "`\(path)` stands in `show` twice", fix: "Keep one of them.")
            }
            paths.append(path)
        }
        return paths
    }

    /// One spelling a path: what has several would get past the check for what is there twice. Which folders may be
    /// shown at all is for the sandbox to say, which follows their links.
    private static func isPath(_ path: String) -> Bool {
        path.hasPrefix("/") && path.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
            && path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    // MARK: Limits

    private mutating func readLimits(_ fields: Fields) -> SandboxProfileDefinition.Limits? {
        var limits = SandboxProfileDefinition.Limits()
        guard let node = fields["limits"] else { return limits }
        guard let written = reader.fields(node, of: "`limits`", known: Self.limitKeys) else { return nil }
        let problemCount = reader.problems.count
        readDuration(written, "wall", upTo: (.seconds(86_400), "24h"), into: &limits.wall)
        readDuration(written, "cpu", upTo: (.seconds(864_000), "240h"), into: &limits.cpu)
        readBytes(written, "memory", in: (16 << 20)...(1 << 40), into: &limits.memoryByteCount)
        // With fewer than the sandbox's own two and one, nothing could be started.
        readCount(written, "processes", in: 3...65_536, into: &limits.processes)
        readCount(written, "open_files", in: 16...1_048_576, into: &limits.openFiles)
        readBytes(written, "file_size", in: (4 << 10)...(1 << 40), into: &limits.fileByteCount)
        readBytes(written, "tmp", in: (64 << 10)...(1 << 40), into: &limits.tmpByteCount)
        readBytes(written, "workspace", in: (64 << 10)...(1 << 40), into: &limits.workspaceByteCount)
        readCount(written, "workspace_entries", in: 1...10_000_000, into: &limits.workspaceEntries)
        readBytes(written, "output", in: (1 << 10)...(1 << 30), into: &limits.outputByteCount)
        readBytes(written, "output_kept", in: (1 << 10)...(64 << 20), into: &limits.keptOutputByteCount)
        if let enforcement = reader.choice(
            written, "enforced_by", as: SandboxProfileDefinition.Enforcement.self)
        {
            limits.enforcement = enforcement
        }
        // Where a value couldn't be read, its default would be compared instead.
        if reader.problems.count == problemCount { compare(limits, written) }
        return limits
    }

    private mutating func compare(_ limits: SandboxProfileDefinition.Limits, _ written: Fields) {
        requireAtMost(written, ("file_size", limits.fileByteCount), ("memory", limits.memoryByteCount))
        requireAtMost(written, ("tmp", limits.tmpByteCount), ("memory", limits.memoryByteCount))
        requireAtMost(written, ("workspace", limits.workspaceByteCount), ("memory", limits.memoryByteCount))
        requireAtMost(written, ("output_kept", limits.keptOutputByteCount), ("output", limits.outputByteCount))
    }

    private mutating func requireAtMost(
        _ written: Fields, _ part: (key: String, count: Int), _ whole: (key: String, count: Int)
    ) {
        guard part.count > whole.count else { return }
        let isWritten = written.has(part.key)
        let place = written[isWritten ? part.key : whole.key]?.position ?? written.position
        reader.report(
            place,
            "`\(part.key)` is \(ByteCountParser.text(for: part.count))\(isWritten ? "" : " unless it is written"), "
                + "more than `\(whole.key)` of \(ByteCountParser.text(for: whole.count))",
            fix: "Write at most \(ByteCountParser.text(for: whole.count)) for `\(part.key)`.")
    }

    private mutating func readDuration(
        _ fields: Fields, _ key: String, upTo maximum: (value: Duration, text: String), into target: inout Duration
    ) {
        guard let node = fields[key], let text = reader.text(node, "`\(key)`") else { return }
        guard let value = DurationParser.parse(text), value >= .milliseconds(100), value <= maximum.value else {
            reader.report(
                node.position, "`\(key)` isn't a duration from 100ms to \(maximum.text)", fix: "Write `30s`.")
            return
        }
        target = value
    }

    private mutating func readBytes(
        _ fields: Fields, _ key: String, in range: ClosedRange<Int>, into target: inout Int
    ) {
        guard let node = fields[key], let text = reader.text(node, "`\(key)`") else { return }
        guard let value = ByteCountParser.parse(text), range.contains(value) else {
            let least = ByteCountParser.text(for: range.lowerBound)
            let most = ByteCountParser.text(for: range.upperBound)
            reader.report(
                node.position, "`\(key)` isn't a number of bytes from \(least) to \(most)",
                fix: "Write a whole number and `B`, `KiB`, `MiB`, `GiB` or `TiB`, such as `\(least)`.")
            return
        }
        target = value
    }

    private mutating func readCount(
        _ fields: Fields, _ key: String, in range: ClosedRange<Int>, into target: inout Int
    ) {
        if let value = reader.integer(fields, key, atLeast: range.lowerBound, atMost: range.upperBound) {
            target = value
        }
    }
}

extension SandboxProfileDefinition {
    /// Reads and checks one profile, whatever the file is called.
    public static func load(path: String) throws(WorkflowErrors) -> SandboxProfileDefinition {
        try load(path: path, expectedName: nil)
    }

    /// Reads and checks every `*.yaml` of a folder, in the order of their names. Each has to be called as its file is.
    public static func loadAll(directory: String) throws(WorkflowErrors) -> [SandboxProfileDefinition] {
        var profiles: [SandboxProfileDefinition] = []
        var problems: [WorkflowError] = []
        for name in try SourceFiles.yamlFiles(in: directory, subject: SandboxProfileReader.subject) {
            do {
                let stem = String(name.dropLast(".yaml".count))
                profiles.append(try load(path: directory + "/" + name, expectedName: stem))
            } catch {
                problems += error.errors
            }
        }
        guard problems.isEmpty else { throw WorkflowErrors(problems) }
        return profiles
    }

    /// Checks the text of such a file, and that the profile is called `expectedName` where one is given.
    package static func parse(
        _ text: String, file: String, expectedName: String? = nil
    ) throws(WorkflowErrors) -> SandboxProfileDefinition {
        let document = try YAMLDocument(text: text, file: file, subject: SandboxProfileReader.subject)
        var reader = SandboxProfileReader(expectedName: expectedName)
        return try reader.read(document.root)
    }

    private static func load(
        path: String, expectedName: String?
    ) throws(WorkflowErrors) -> SandboxProfileDefinition {
        let text = try SourceFiles.text(of: path, subject: SandboxProfileReader.subject)
        return try parse(text, file: path, expectedName: expectedName)
    }
}
