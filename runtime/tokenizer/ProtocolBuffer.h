// The wire format of protocol buffers: fields with numbers, one after another. In: bytes that are not trusted. Out:
// fields.
#pragma once

#include "runtime/Result.h"

#include <cstdint>
#include <cstring>

namespace heed::runtime {

class ProtocolBuffer {
public:
  struct Field {
    uint64_t number = 0;
    uint64_t value = 0;     // of a varint or a fixed number
    std::string_view bytes; // of what has a length
    size_t place = 0;       // of `bytes` in the file

    float real() const {
      uint32_t bits = uint32_t(value);
      float result;
      std::memcpy(&result, &bits, sizeof result);
      return result;
    }
    ProtocolBuffer message(const ProtocolBuffer &in) const { return {in.file, bytes, place}; }
  };

  ProtocolBuffer(const std::string &name, std::string_view bytes, size_t place = 0)
      : file(name), rest(bytes), place(place) {}

  const std::string &name() const { return file; }
  bool done() const { return rest.empty(); }
  Result<Field> next();

private:
  const std::string &file;
  std::string_view rest;
  size_t place; // of `rest` in the file

  Result<uint64_t> varint();
  Result<std::string_view> take(uint64_t length);
};

} // namespace heed::runtime
