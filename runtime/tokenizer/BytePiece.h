// Pieces that stand for one byte each, `<0x0A>`, as SentencePiece spells them. In: a piece, or a byte. Out: the other.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace heed::runtime {

inline std::optional<char> byteOfPiece(std::string_view piece) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>' || digit(piece[3]) < 0 || digit(piece[4]) < 0)
    return {};
  return char(digit(piece[3]) * 16 + digit(piece[4]));
}

inline std::string pieceOfByte(int byte) { return fmt::format("<0x{:02X}>", byte); }

} // namespace heed::runtime
