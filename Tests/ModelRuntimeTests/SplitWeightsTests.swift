import Foundation
import ModelRuntime
import TestSupport
import Testing

/// Weights in several files count with all of them. The files have metadata and no weights, which is all that is read.
@Suite struct SplitWeightsTests {
    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
    }

    private static func text(_ text: String) -> [UInt8] { bytes(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// A GGUF file of version 3; the numbers before the values are GGUF's types.
    private static func file(_ members: [[UInt8]]) -> [UInt8] {
        let head = [Array("GGUF".utf8), bytes(UInt32(3)), bytes(UInt64(0)), bytes(UInt64(members.count))]
        return (head + members).flatMap(\.self)
    }

    private static func member(_ name: String, _ value: String) -> [UInt8] {
        text(name) + bytes(UInt32(8)) + text(value)
    }

    private static func member(_ name: String, _ value: UInt32) -> [UInt8] {
        text(name) + bytes(UInt32(4)) + bytes(value)
    }

    private static let architecture = member("general.architecture", "llama")
    private static let metadata = [
        architecture, member("tokenizer.ggml.model", "no_vocab"), member("llama.block_count", 2),
        member("llama.attention.head_count", 4), member("llama.embedding_length", 64),
        member("llama.context_length", 512),
    ]

    private static func part(_ number: UInt16) -> [[UInt8]] {
        [
            text("split.no") + bytes(UInt32(2)) + bytes(number),
            text("split.count") + bytes(UInt32(2)) + bytes(UInt16(2)),
            text("split.tensors.count") + bytes(UInt32(5)) + bytes(Int32(0)),
        ]
    }

    private func footprint(_ path: String) throws -> ModelFootprint {
        try ModelFootprint(ModelConfiguration(path: path))
    }

    @Test func `weights in two files count with both`() throws {
        let folder = try TemporaryFolder()
        let first = Self.file(Self.metadata + Self.part(0))
        let second = Self.file([Self.architecture] + Self.part(1))
        let path = try folder.write(bytes: first, to: "big-00001-of-00002.gguf")
        try folder.write(bytes: second, to: "big-00002-of-00002.gguf")
        #expect(try footprint(path).weightByteCount == first.count + second.count)
        // The control: a file that is whole counts alone, whatever lies beside it.
        let whole = Self.file(Self.metadata)
        let alone = try footprint(folder.write(bytes: whole, to: "whole.gguf"))
        #expect(alone.weightByteCount == whole.count)
        // Two layers of 64 keys and 64 values, in half precision.
        #expect(alone.cacheByteCount == 2 * 2 * 128 * 512)
    }

    @Test func `a first file without the second has no footprint`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes: Self.file(Self.metadata + Self.part(0)), to: "big-00001-of-00002.gguf")
        let error = #expect(throws: ModelError.self) { try footprint(path) }
        #expect(error?.code == .loadFailed)
    }
}
