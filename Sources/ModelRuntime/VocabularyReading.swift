import Dispatch
import Foundation
import Synchronization
import Tokens

/// The vocabulary of weights and its trie, read on another core while the weights are loaded.
///
/// Mapping and repacking weights keeps one core busy for about a second; vocabulary and trie take nearly half of that.
final class VocabularyReading: Sendable {
    /// What was read.
    struct Found: Sendable {
        let vocabulary: Vocabulary
        /// The spellings of control tokens.
        let markers: [[UInt8]]
        let trie: TokenTrie

        init(_ model: borrowing ModelHandle) {
            let found = model.readVocabulary()
            vocabulary = found.vocabulary
            markers = found.markers
            trie = TokenTrie(found.vocabulary)
        }
    }

    private let found = Mutex<Found?>(nil)
    private let isDone = DispatchSemaphore(value: 0)
    private let path: String
    /// The file as it was before anybody opened it.
    private let stamp: FileStamp?

    /// Begins to read the file at `path`. The weights are opened after that.
    init(path: String) {
        self.path = path
        stamp = FileStamp(path: path)
        let thread = Thread { [self] in
            if let model = ModelHandle(path: path, isVocabularyOnly: true) {
                let read = Found(model)
                found.withLock { $0 = read }
            }
            isDone.signal()
        }
        thread.name = "warrant-vocabulary"
        thread.start()
    }

    /// What was read, once. It is read from `model` itself where the file isn't what it was before both were opened: masks
    /// made from the tokens of other weights would let anything through.
    func wait(for model: borrowing ModelHandle) -> Found {
        isDone.wait()
        let read = found.withLock { $0.take() }
        let isSame = stamp != nil && FileStamp(path: path) == stamp
        if isSame, let read, read.vocabulary.count == model.tokenCount { return read }
        return Found(model)
    }
}
