#include "runtime/tokenizer/ProtocolBuffer.h"

namespace heed::runtime {

Result<std::string_view> ProtocolBuffer::take(uint64_t length) {
  if (length > rest.size())
    return failure("{}: byte {}: {} bytes were expected, and the message ends after {}", file, place, length,
                   rest.size());
  std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length), place += length;
  return taken;
}

Result<uint64_t> ProtocolBuffer::varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    Result<std::string_view> byte = take(1);
    if (!byte)
      return byte.error();
    value |= uint64_t((*byte)[0] & 0x7F) << shift;
    if (((*byte)[0] & 0x80) == 0)
      return value;
  }
  return failure("{}: byte {}: a number has more than ten bytes", file, place);
}

Result<ProtocolBuffer::Field> ProtocolBuffer::next() {
  size_t begin = place;
  Result<uint64_t> tag = varint();
  if (!tag)
    return tag.error();
  Field field;
  field.number = *tag >> 3;
  unsigned type = *tag & 7;
  if (field.number == 0 || (type > 2 && type != 5))
    return failure("{}: byte {}: no field of a protocol buffer begins so", file, begin);
  Result<uint64_t> number = type == 0 || type == 2 ? varint() : Result<uint64_t>(uint64_t(type == 1 ? 8 : 4));
  if (!number)
    return number.error();
  if (type == 0)
    return field.value = *number, field;
  field.place = place;
  Result<std::string_view> bytes = take(*number);
  if (!bytes)
    return bytes.error();
  field.bytes = *bytes;
  if (type != 2)
    std::memcpy(&field.value, bytes->data(), bytes->size());
  return field;
}

} // namespace heed::runtime
