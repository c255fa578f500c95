import Testing
import Tokens

@Suite struct VocabularyTests {
    @Test func `a token has the bytes and kind it was given`() {
        let vocabulary = Vocabulary(tokens: [
            ([0x61], .normal), ([], .control), ([0xC3], .normal), ([0x3C, 0x3E], .endOfGeneration),
            ([], .unused),
            ([], .endOfGeneration),
        ])
        #expect(vocabulary.count == 6)
        #expect(Array(vocabulary.bytes(of: TokenID(2))) == [0xC3])
        #expect(vocabulary.bytes(of: TokenID(1)).isEmpty)
        #expect(vocabulary.kind(of: TokenID(4)) == .unused)
        #expect(vocabulary.endOfGeneration == [TokenID(3), TokenID(5)])
        #expect(!vocabulary.contains(TokenID(6)))
    }

    @Test func `the byte vocabulary has each byte and an end`() {
        let vocabulary = Vocabulary.bytes
        #expect(vocabulary.count == 257)
        for byte in UInt8.min...UInt8.max {
            #expect(Array(vocabulary.bytes(of: TokenID(Int32(byte)))) == [byte])
        }
        #expect(vocabulary.endOfGeneration == [TokenID(256)])
    }
}
