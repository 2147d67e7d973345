#include <gtest/gtest.h>

#include <filesystem>

#include "net/internal/io_test_bench.hpp"
#include "net/tls.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest()
      : folder(testing::TempDir() + "hanse_tls_" + std::to_string(::getpid())),
        identity(*TlsIdentity::self_signed(folder)),
        listener(*listen(bench.executor(), "127.0.0.1", 0)) {}
  ~TlsStreamTest() override { std::filesystem::remove_all(folder); }

  /// Sends back what comes until the end.
  asio::awaitable<void> echo() {
    auto accepted = co_await listener->accept();
    listener->close();
    if (!accepted) co_return;
    auto secured = co_await accept_tls(std::move(*accepted), identity, 10s);
    if (!secured) co_return;
    std::vector<char> buffer(4096);
    for (;;) {
      const auto count = co_await (*secured)->read(buffer, 10s);
      if (!count || *count == 0) co_return;
      const std::string bytes{buffer.data(), *count};
      if (!co_await (*secured)->write(bytes, 10s)) co_return;
    }
  }

  asio::awaitable<void> exchange(TlsOptions options, std::string text) {
    auto opened = co_await connect("127.0.0.1", listener->port(), std::move(options), 10s);
    if (!opened) {
      error = opened.error().message;
      co_return;
    }
    auto stream = std::move(*opened);
    if (!co_await stream->write(text, 10s)) co_return;
    std::vector<char> buffer(4096);
    while (answer.size() < text.size()) {
      const auto count = co_await stream->read(buffer, 10s);
      if (!count || *count == 0) break;
      answer.append(buffer.data(), *count);
    }
    co_await stream->finish(10s);
  }

  std::string folder;
  TlsIdentity identity;
  internal::IoTestBench bench;
  std::unique_ptr<Listener> listener;
  std::string answer, error;
};

TEST_F(TlsStreamTest, CarriesBytesBothWaysBetweenThoseWhoTrust) {
  const std::string text(100'000, 'h');
  bench.start(echo());
  bench.start(exchange({.authorities_file = folder + "/localhost.pem"}, text));

  bench.run();

  EXPECT_EQ(error, "");
  EXPECT_EQ(answer, text);
}

TEST_F(TlsStreamTest, RefusesAServerThatNobodyVouchesFor) {
  bench.start(echo());
  bench.start(exchange({}, "hello"));

  bench.run();

  EXPECT_TRUE(error.contains("self-signed certificate")) << error;
}

TEST_F(TlsStreamTest, RefusesACertificateForAnotherName) {
  bench.start(echo());
  bench.start(exchange({.authorities_file = folder + "/localhost.pem", .server_name = "press-4.example"}, "hello"));

  bench.run();

  EXPECT_TRUE(error.contains("hostname mismatch")) << error;
}

TEST_F(TlsStreamTest, KeepsItsSelfSignedCertificate) {
  const auto before = std::filesystem::last_write_time(folder + "/localhost.pem");

  ASSERT_TRUE(TlsIdentity::self_signed(folder));

  EXPECT_EQ(std::filesystem::last_write_time(folder + "/localhost.pem"), before);
  EXPECT_EQ(std::filesystem::status(folder + "/localhost.key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(TlsIdentity, NamesTheFileItCannotUse) {
  const auto identity = TlsIdentity::load("/nowhere/a.pem", "/nowhere/a.key");

  ASSERT_FALSE(identity);
  EXPECT_TRUE(identity.error().message.starts_with("cannot use the certificate '/nowhere/a.pem'"));
}

}  // namespace
}  // namespace hanse::net
