extension WorkflowReader {
    mutating func readModel(_ fields: Fields) -> ModelSettings {
        let known = ["use", "temperature", "seed", "context", "first", "memory"]
        guard let node = fields["model"], let model = reader.fields(node, of: "`model`", known: known)
        else { return ModelSettings() }
        let use = reader.string(model, "use") ?? "default"
        let temperature = model["temperature"].flatMap { reader.number($0, "`temperature`", in: 0...2) }
        let seed = reader.integer(model, "seed", atLeast: 0)
        let context = reader.integer(model, "context", atLeast: 256)
        firstModelPosition = model["first"]?.position
        return ModelSettings(
            use: use, temperature: temperature ?? 0, seed: seed.map(UInt64.init) ?? 7, context: context,
            first: readFirstModel(model, before: use), memoryByteCount: readMemory(model))
    }

    /// Weights that are asked before `use`. How sure they are decides, so they must be ones that can tell.
    private mutating func readFirstModel(_ model: Fields, before use: String) -> String? {
        guard let node = model["first"], let name = reader.string(model, "first") else { return nil }
        let head = name.lowercased()
        let isServer = head.hasPrefix("http://") || head.hasPrefix("https://")
        if isServer || head.hasPrefix("scripted:") {
            reader.report(
                node.position, "`first` is a \(isServer ? "server" : "script"), which doesn't tell how sure it is",
                fix: "Name weights in this process: a name from `warrant model list`, or a .gguf file.")
            return nil
        }
        if name == use {
            reader.report(node.position, "`first` is the model that is used anyway", fix: "Name a smaller one.")
        }
        if !model.has("memory") {
            reader.report(
                node.position, "`first` needs `memory`: what both models may take together",
                fix: "Write `memory: 4GiB`.")
        }
        return name
    }

    private mutating func readMemory(_ model: Fields) -> Int? {
        guard let node = model["memory"], let text = reader.text(node, "`memory`") else { return nil }
        guard let count = ByteCountParser.parse(text), count > 0 else {
            reader.report(
                node.position, "`memory` is `\(text)`, which is no amount of memory", fix: "Write `4GiB` or `1500MiB`.")
            return nil
        }
        return count
    }

    /// Two models in memory for steps that ask one are a mistake.
    mutating func checkFirstModel() {
        guard let firstModelPosition, !asksFirstModel else { return }
        reader.report(
            firstModelPosition, "no step asks the model that `first` names",
            fix: "Write `first: { below: { /field: 0.8 } }` in a `read` step.")
    }
}
