import JSONSchemas
import WebAddresses

/// Reads the operator's `trackers.yaml`.
struct TrackerReader {
    static let subject = "tracker configuration"
    private static let keys: [TrackerDefinition.Kind: [String]] = [
        .local: ["kind"],
        .roundup: [
            "kind", "url", "project", "user_env", "password_env", "allow_private", "timeout", "patience",
            "create_labels", "fields",
        ],
        .github: [
            "kind", "url", "project", "repository", "token_env", "allow_private", "timeout", "patience",
            "create_labels",
        ],
    ]
    private static let fieldNames = ["label", "closed"]

    private var reader = FieldReader(subject: subject)

    mutating func read(_ root: YAMLNode) throws(WorkflowErrors) -> TrackerList {
        var trackers: [TrackerDefinition] = []
        if let fields = reader.fields(root, of: "the file", known: ["trackers"]) {
            if let node = fields["trackers"] {
                trackers = (reader.mapping(node, "`trackers`") ?? []).compactMap { readTracker($0) }
            } else {
                reader.report(fields.position, "the file has no `trackers`")
            }
        }
        guard reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return TrackerList(trackers: trackers)
    }

    private mutating func readTracker(_ member: YAMLMember) -> TrackerDefinition? {
        let what = "the tracker `\(member.name)`"
        if !TemplateParser.isName(member.name) {
            reader.report(member.namePosition, "`\(member.name)` isn't a name of letters, digits, `-` and `_`")
        }
        if member.name == "local" {
            reader.report(
                member.namePosition, "`local` is the tracker that is always there", fix: "Choose another name.")
        }
        guard let members = reader.mapping(member.value, what) else { return nil }
        let all = Fields(position: member.value.position, what: what, members: members)
        guard let kind = reader.choice(all, "kind", as: TrackerDefinition.Kind.self, isRequired: true),
            let fields = reader.fields(
                member.value, of: what + " of kind `\(kind.rawValue)`", known: Self.keys[kind] ?? [])
        else { return nil }
        let url = readURL(fields, kind)
        var repository: String?
        if kind == .github {
            repository = reader.string(fields, "repository", isRequired: true)
            if let repository, !Self.isRepository(repository), let node = fields["repository"] {
                reader.report(node.position, "`repository` isn't `owner/name`")
            }
        }
        return TrackerDefinition(
            name: member.name, kind: kind, url: url, project: reader.string(fields, "project") ?? repository,
            repository: repository, userVariable: variable(fields, "user_env", isRequired: kind == .roundup),
            passwordVariable: variable(fields, "password_env", isRequired: kind == .roundup),
            tokenVariable: variable(fields, "token_env", isRequired: kind == .github),
            allowPrivate: readRanges(fields), timeout: duration(fields, "timeout") ?? .seconds(30),
            patience: duration(fields, "patience") ?? .seconds(60),
            createLabels: reader.boolean(fields, "create_labels") ?? false, fields: readFieldNames(fields),
            position: member.namePosition)
    }

    private mutating func readURL(_ fields: Fields, _ kind: TrackerDefinition.Kind) -> WebAddress? {
        guard kind != .local else { return nil }
        let fallback = kind == .github ? "https://api.github.com" : nil
        guard var text = reader.string(fields, "url", isRequired: fallback == nil) ?? fallback else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        do {
            let address = try WebAddress(text)
            if address.rest.contains(where: { "?#".contains($0) }), let node = fields["url"] {
                reader.report(node.position, "`url` has a query or a fragment", fix: "Write the tracker's base URL.")
            }
            return address
        } catch {
            reader.report(fields["url"]?.position ?? fields.position, "`url` can't be asked: \(error)")
            return nil
        }
    }

    private mutating func readRanges(_ fields: Fields) -> [AddressRange] {
        guard let node = fields["allow_private"] else { return [] }
        var ranges: [AddressRange] = []
        for element in reader.sequence(node, "`allow_private`") ?? [] {
            guard let text = reader.string(element, "a range") else { continue }
            if let range = AddressRange(text) {
                ranges.append(range)
            } else {
                reader.report(
                    element.position, "`\(text)` isn't a range of addresses", fix: "Write `10.0.0.0/8` or one address.")
            }
        }
        return ranges
    }

    private mutating func readFieldNames(_ fields: Fields) -> [String: String] {
        guard let node = fields["fields"],
            let names = reader.fields(node, of: "`fields`", known: Self.fieldNames)
        else { return [:] }
        var result: [String: String] = [:]
        for name in Self.fieldNames {
            guard let value = reader.string(names, name) else { continue }
            // It becomes part of a query, and YAML would let anything in.
            if !value.utf8.allSatisfy(Self.isWordByte), let node = names[name] {
                reader.report(node.position, "`\(name)` isn't a name of letters, digits, `-`, `.` and `_`")
            }
            result[name] = value
        }
        return result
    }

    /// The name of an environment variable; a secret written in its place is not repeated.
    private mutating func variable(_ fields: Fields, _ key: String, isRequired: Bool) -> String? {
        guard isRequired || fields.has(key), let name = reader.string(fields, key, isRequired: isRequired) else {
            return nil
        }
        guard EnvironmentName.isName(name) else {
            reader.report(
                fields[key]?.position ?? fields.position,
                "`\(key)` isn't the name of an environment variable in capital letters",
                fix: "Put the secret into the environment and the variable's name here.")
            return nil
        }
        return name
    }

    private mutating func duration(_ fields: Fields, _ key: String) -> Duration? {
        guard let node = fields[key] else { return nil }
        guard let text = reader.text(node, "`\(key)`"), let value = DurationParser.parse(text), value > .zero,
            value <= .seconds(600)
        else {
            reader.report(node.position, "`\(key)` isn't a duration up to 10m", fix: "Write `30s`.")
            return nil
        }
        return value
    }

    private static func isRepository(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy(isWordByte) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
            || [45, 46, 95].contains(byte)
    }
}

extension TrackerList {
    /// Reads and checks the file at `path`; a file that isn't there lists nothing.
    public static func load(path: String) throws(WorkflowErrors) -> TrackerList {
        guard SourceFiles.exists(path) else { return TrackerList(trackers: []) }
        let text = try SourceFiles.text(of: path, subject: TrackerReader.subject)
        return try parse(text, file: path)
    }

    /// Checks the text of such a file.
    package static func parse(_ text: String, file: String) throws(WorkflowErrors) -> TrackerList {
        let document = try YAMLDocument(text: text, file: file, subject: TrackerReader.subject)
        var reader = TrackerReader()
        return try reader.read(document.root)
    }
}
