#include <zlib.h>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "connectors/sparkplug/payload.hpp"

namespace hanse::connectors::sparkplug {
namespace {

constexpr std::string_view kCompressedUuid = "SPBV1.0_COMPRESSED";
constexpr int kWindowBitsMax = 15;     // zlib.h: inflateInit2
constexpr int kDetectGzipOrZlib = 32;  // zlib.h: added to the window bits
constexpr int kWriteGzip = 16;

struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, kWindowBitsMax + kDetectGzipOrZlib) == Z_OK;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

bool is_compressed(const Payload& payload) { return payload.uuid == kCompressedUuid; }

Result<std::string> decompress(const Payload& payload, std::size_t bytes_max) {
  for (const auto& metric : payload.metrics) {
    if (metric.name != "algorithm") continue;
    const auto algorithm = to_lower(metric.value.bytes);
    if (algorithm != "deflate" && algorithm != "gzip") {
      return fail(ErrorCode::invalid,
                  "the payload is compressed with '" + algorithm.substr(0, 40) + "'; only DEFLATE and GZIP are known");
    }
  }
  // Either algorithm's header is recognised, whatever the metric says: some libraries name one and write the other.
  Inflater inflater;
  if (!inflater.ready) return fail(ErrorCode::unavailable, "there is no memory to decompress");
  auto& stream = inflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.body.data()));  // zlib doesn't write to it
  stream.avail_in = static_cast<uInt>(payload.body.size());
  std::string out;
  char block[16384];
  for (int code = Z_OK; code != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return fail(ErrorCode::invalid, "the compressed payload is damaged");
    out.append(block, sizeof block - stream.avail_out);
    if (out.size() > bytes_max) {
      return fail(ErrorCode::too_large,
                  "the payload is larger than " + std::to_string(bytes_max) + " bytes when decompressed");
    }
  }
  return out;
}

std::string compress(std::string_view payload, Compression algorithm) {
  z_stream stream{};
  const int window_bits = kWindowBitsMax + (algorithm == Compression::gzip ? kWriteGzip : 0);
  HANSE_ASSERT(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string body(deflateBound(&stream, payload.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));  // zlib doesn't write to it
  stream.avail_in = static_cast<uInt>(payload.size());
  stream.next_out = reinterpret_cast<Bytef*>(body.data());
  stream.avail_out = static_cast<uInt>(body.size());
  deflate(&stream, Z_FINISH);
  body.resize(stream.total_out);
  deflateEnd(&stream);
  Payload outer{.uuid = kCompressedUuid, .body = body};
  outer.metrics.push_back({.name = "algorithm",
                           .datatype = DataType::string,
                           .value = text_value(algorithm == Compression::gzip ? "GZIP" : "DEFLATE")});
  return encode(outer);
}

}  // namespace hanse::connectors::sparkplug
