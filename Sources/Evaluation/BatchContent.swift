import JSONSchemas

/// What a batch's run works on, as digests, and where its answers are looked for.
struct BatchContent: Hashable {
    /// What the digest of a folder begins with. A run may work in one, and then leaves it changed.
    private static let folderMark = "folder "

    /// Of the items.
    let items: String
    /// Of each input by name: of what a file or a folder holds, or of the text.
    private(set) var inputs: [String: String]
    /// The name of the file with the answers.
    let output: String

    init(items: String, inputs: [String: String], output: String) {
        self.items = items
        self.inputs = inputs
        self.output = output
    }

    /// Reads what `json` wrote.
    init?(fromJSON value: JSONValue) {
        guard let items = value["items"]?.stringValue, let object = value["inputs"]?.objectValue,
            let output = value["output"]?.stringValue
        else { return nil }
        self.items = items
        self.output = output
        inputs = [:]
        for (name, value) in object { inputs[name] = value.stringValue }
    }

    var json: JSONValue {
        [
            "items": .string(items),
            "inputs": .object(JSONObject(inputs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "output": .string(output),
        ]
    }

    /// The digest of one input: `text` is a path, from `base` where it is relative, or a text.
    static func digest(of text: String, base: String, leavingOut leftOut: String) -> String {
        let path = text.hasPrefix("/") ? text : base + "/" + text
        switch PathType(path) {
        case .file:
            if let digest = ContentDigest.hex(ofFileAt: path) { return "file " + digest }
        case .folder: return folderMark + ContentDigest.hex(ofFolderAt: path, leavingOut: leftOut)
        case .other: break
        }
        return "text " + ContentDigest.hex(of: text)
    }

    /// The same with the folders as they are in `later`.
    func takingFolders(from later: BatchContent) -> BatchContent {
        var result = self
        for (name, digest) in later.inputs where digest.hasPrefix(Self.folderMark) { result.inputs[name] = digest }
        return result
    }

    /// What is another thing than in `earlier`, in words.
    ///
    /// `isUnfinished`: a run was stopped half-way, so that its folders may be changed half-way too.
    func changes(since earlier: BatchContent, isUnfinished: Bool) -> [String] {
        var changes = items == earlier.items ? [] : ["the items"]
        for name in Set(inputs.keys).union(earlier.inputs.keys).sorted() where inputs[name] != earlier.inputs[name] {
            let areFolders = [inputs[name], earlier.inputs[name]].allSatisfy { $0?.hasPrefix(Self.folderMark) ?? false }
            if !(isUnfinished && areFolders) { changes.append("the input `\(name)`") }
        }
        if output != earlier.output { changes.append("the name of the file with the answers") }
        return changes
    }
}
