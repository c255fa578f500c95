import Tokens

/// The masks of states. Bounded in bytes.
///
/// Most masks of a grammar differ in few places from others, so each is cut into pieces, and equal pieces are stored once;
/// those that allow very few tokens are lists.
struct MaskMemo: Sendable {
    /// A mask is `count` pieces or tokens from `start` on.
    private struct Kept: Sendable {
        let start: Int32
        let count: Int32
        let isList: Bool
    }

    private var masks: [Int32: Kept] = [:]
    private var tokens: [TokenID] = []
    private var pieces: [Int32] = []
    private var words: [UInt64] = []
    /// The latest piece by the hash of its words, and for each piece the one before it with the same hash.
    private var latestPiece: [UInt64: Int32] = [:]
    private var earlierPieces: [Int32] = []

    private static let byteLimit = 8 << 20
    private static let listLimit = 16

    private var byteCount: Int {
        masks.count * 32 + (tokens.count + pieces.count) * 4 + words.count * 8 + earlierPieces.count * 36
    }

    /// Sets `mask` to the mask of `state` if it is known; without allocation.
    func copy(of state: Int32, into mask: inout TokenMask) -> Bool {
        guard let kept = masks[state] else { return false }
        let range = Int(kept.start)..<Int(kept.start + kept.count)
        if kept.isList {
            mask.assign(tokens[range])
        } else {
            mask.assign(pieces: pieces[range], of: words)
        }
        return true
    }

    mutating func keep(_ mask: TokenMask, of state: Int32) {
        if byteCount > Self.byteLimit { self = MaskMemo() }
        let count = mask.allowedCount
        guard count > Self.listLimit else {
            masks[state] = Kept(start: Int32(tokens.count), count: Int32(count), isList: true)
            tokens += mask.allowedTokens
            return
        }
        let start = pieces.count
        let all = mask.words
        for first in stride(from: 0, to: all.count, by: TokenMask.pieceWordCount) {
            pieces.append(piece(all[first..<min(all.count, first + TokenMask.pieceWordCount)]))
        }
        masks[state] = Kept(start: Int32(start), count: Int32(pieces.count - start), isList: false)
    }

    /// The piece with these words.
    private mutating func piece(_ added: ArraySlice<UInt64>) -> Int32 {
        var hash: UInt64 = 0
        for word in added {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        let latest = latestPiece[hash] ?? -1
        var known = latest
        while known >= 0 {
            let start = Int(known) * TokenMask.pieceWordCount
            if words[start..<(start + added.count)] == added { return known }
            known = earlierPieces[Int(known)]
        }
        let number = Int32(earlierPieces.count)
        words += added
        // The last piece of a mask is shorter.
        words += repeatElement(0, count: TokenMask.pieceWordCount - added.count)
        earlierPieces.append(latest)
        latestPiece[hash] = number
        return number
    }
}
