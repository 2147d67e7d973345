#include "base/id.hpp"

#include <sodium.h>

#include <array>

#include "base/assert.hpp"

namespace hanse {

std::string new_id(const Clock& clock) {
  HANSE_ASSERT(sodium_init() >= 0);
  constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t kTimeCharacters = 10, kRandomCharacters = 16;
  std::string id(kTimeCharacters + kRandomCharacters, '0');
  auto ms = static_cast<std::uint64_t>(clock.now().ms());
  for (std::size_t i = kTimeCharacters; i-- > 0; ms >>= 5) id[i] = kAlphabet[ms & 31];
  std::array<unsigned char, kRandomCharacters> random{};
  randombytes_buf(random.data(), random.size());
  for (std::size_t i = 0; i < kRandomCharacters; ++i) id[kTimeCharacters + i] = kAlphabet[random[i] & 31];
  return id;
}

}  // namespace hanse
