import JSONSchemas

/// What a batch's run works on, as digests, and where its answers are looked for.
struct BatchContent: Hashable {
    /// What the digest of a folder begins with. A run may work in one, and then leaves it changed.
    private static let folderMark = "folder "

    /// Of the items.
    let items: String
    /// Of each input by name: of what a file or a folder holds, or of the text.
    private(set) var inputs: [String: String]
    /// Where the inputs that are folders lie, by name. Runs may share one, each leaving it changed for the next.
    let folders: [String: String]
    /// The name of the file with the answers.
    let output: String

    init(items: String, inputs: [String: String], folders: [String: String], output: String) {
        self.items = items
        self.inputs = inputs
        self.folders = folders
        self.output = output
    }

    /// Reads what `json` wrote.
    init?(fromJSON value: JSONValue) {
        guard let items = value["items"]?.stringValue, let object = value["inputs"]?.objectValue,
            let output = value["output"]?.stringValue
        else { return nil }
        self.items = items
        self.output = output
        inputs = Self.texts(object)
        // Older logs name no folders.
        folders = Self.texts(value["folders"]?.objectValue ?? JSONObject())
    }

    var json: JSONValue {
        [
            "items": .string(items),
            "inputs": Self.object(inputs), "folders": Self.object(folders), "output": .string(output),
        ]
    }

    private static func object(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    private static func texts(_ object: JSONObject) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, value) in object { texts[name] = value.stringValue }
        return texts
    }

    /// Where an input's text leads when it is a path, from `base` where it is relative.
    static func path(of text: String, base: String) -> String { text.hasPrefix("/") ? text : base + "/" + text }

    /// Whether a digest is that of a folder.
    static func isFolder(_ digest: String?) -> Bool { digest?.hasPrefix(folderMark) ?? false }

    /// The digest of one input: `text` is a path, from `base` where it is relative, or a text.
    static func digest(of text: String, base: String, leavingOut leftOut: String) -> String {
        let path = path(of: text, base: base)
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
        for (name, digest) in later.inputs where Self.isFolder(digest) { result.inputs[name] = digest }
        return result
    }

    /// What is another thing than in `earlier`, in words.
    ///
    /// `folder`: what is known last of the folder at a path. Other runs may have worked in it since `earlier`.
    func changes(since earlier: BatchContent, folder: (String) -> EvaluationLog.Folder?) -> [String] {
        var changes = items == earlier.items ? [] : ["the items"]
        for name in Set(inputs.keys).union(earlier.inputs.keys).sorted() {
            var expected = earlier.inputs[name]
            if Self.isFolder(inputs[name]), Self.isFolder(expected),
                let known = (earlier.folders[name] ?? folders[name]).flatMap(folder)
            {
                // A run that was stopped half-way may have changed it half-way.
                if known.isUnfinished { continue }
                expected = known.digest
            }
            if inputs[name] != expected { changes.append("the input `\(name)`") }
        }
        if output != earlier.output { changes.append("the name of the file with the answers") }
        return changes
    }

    /// Whether it is the same as `earlier`, whatever became of the folders.
    func isSame(as earlier: BatchContent) -> Bool {
        changes(since: earlier) { _ in EvaluationLog.Folder(digest: "", isUnfinished: true) }.isEmpty
    }
}
