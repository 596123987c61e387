// SHA-256 comes from OpenSSL, the bytes from the same input that captures are read by.
#include "capture/file_digest.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "bytes/error.hpp"
#include "capture/byte_input.hpp"

namespace deadair::capture {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18;

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string sha256_of(const std::string& path) {
  const std::atomic<bool> never = false;
  const std::unique_ptr<ByteInput> input = open_input(path, never);
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    throw Error("OpenSSL has no SHA-256");
  std::vector<std::uint8_t> piece(kPiece);
  while (const std::size_t size = input->read(piece))
    EVP_DigestUpdate(context.get(), piece.data(), size);
  if (!input->problem().empty()) throw Error(fmt::format("{}: {}", path, input->problem()));
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &length);
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace deadair::capture
