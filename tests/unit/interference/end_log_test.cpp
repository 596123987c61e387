// Twins of a connection, and who resets others as well.
#include "interference/end_log.hpp"

#include "catch.hpp"

using namespace deadair;
using namespace deadair::interference;

namespace {

constexpr std::int64_t kStart = 1'600'000'000 * kSecond;
const IpAddress kClient = IpAddress::v4(0x0a00'0005);
const IpAddress kClient6{0x2001'0db8'0000'0000, 5};

IpAddress server(std::uint32_t number) { return IpAddress::v4(0xc633'6400 + number); }

ConnectionEnd to(const IpAddress& host, std::uint64_t name, std::int64_t ms = 0) {
  ConnectionEnd end{kClient, host, 443};
  end.name = name;
  end.begin_ns = kStart + ms * kMs;
  return end;
}
ConnectionEnd completed(ConnectionEnd end) {
  end.completed = true;
  return end;
}
ConnectionEnd reset(ConnectionEnd end, Sender by) {
  end.reset_by = by;
  return end;
}

}  // namespace

TEST_CASE("A race is won by another address of the name") {
  EndLog log;
  const ConnectionEnd loser = to(server(1), 7);
  log.note(loser);
  log.note(completed(to(server(2), 7, 250)));
  log.finish();
  CHECK(log.twin_succeeded(loser) == true);
  CHECK(log.twin_succeeded(to(server(9), 8)) == false);
  CHECK_FALSE(log.twin_succeeded(to(server(1), 0)));
}

TEST_CASE("The other IP version's address of the client counts as the client") {
  EndLog log;
  const ConnectionEnd loser = to(server(1), 7);
  ConnectionEnd winner = completed(to(IpAddress{0x2001'0db8'0000'0001, 1}, 7, -50));
  winner.client = kClient6;
  log.note(winner);
  log.note(loser);
  log.finish();
  CHECK(log.twin_succeeded(loser) == true);
}

TEST_CASE("No race: too late, another name, another client, the same server, or lost as well") {
  const ConnectionEnd loser = to(server(1), 7);
  ConnectionEnd neighbours = completed(to(server(2), 7));
  neighbours.client = IpAddress::v4(0x0a00'0006);
  const ConnectionEnd others[] = {completed(to(server(2), 7, 301)), completed(to(server(2), 8)),
                                  neighbours, completed(to(server(1), 7, 100)),
                                  to(server(2), 7, 100)};
  for (const ConnectionEnd& other : others) {
    EndLog log;
    log.note(loser);
    log.note(other);
    log.finish();
    CHECK(log.twin_succeeded(loser) == false);
  }
}

TEST_CASE("A server that resets many of its connections") {
  EndLog log;
  const ConnectionEnd one = reset(to(server(1), 7), Sender::server);
  log.note(one);
  for (std::uint64_t name = 20; name < 24; ++name) log.note(completed(to(server(1), name)));
  log.finish();
  CHECK_FALSE(log.resets_elsewhere(one, Sender::server));  // four say too little

  EndLog more;
  more.note(one);
  for (int i = 0; i < 10; ++i) more.note(reset(to(server(1), 7, i), Sender::server));
  for (std::uint64_t name = 20; name < 28; ++name) more.note(completed(to(server(1), name)));
  more.note(reset(to(server(1), 28), Sender::server));
  more.note(reset(to(server(1), 29), Sender::client));
  more.finish();
  const auto share = more.resets_elsewhere(one, Sender::server);
  REQUIRE(share);
  CHECK(*share == Approx(0.1));  // those to the same name are of the same cause
}

TEST_CASE("A client that resets what it no longer needs") {
  EndLog log;
  const ConnectionEnd one = reset(to(server(1), 7), Sender::client);
  log.note(one);
  for (std::uint32_t i = 2; i < 8; ++i)
    log.note(i % 2 == 0 ? reset(to(server(i), i + 100), Sender::client)
                        : completed(to(server(i), i + 100)));
  log.finish();
  CHECK(log.resets_elsewhere(one, Sender::client) == Approx(0.5));
}

TEST_CASE("How often connections to a name were reset, and in whose name") {
  const auto torn = [](ConnectionEnd end, Sender by) {
    end.torn_by = by;
    return end;
  };
  EndLog log;
  const ConnectionEnd one = torn(to(server(1), 7), Sender::server);
  log.note(one);
  log.note(torn(to(server(2), 7, 10), Sender::server));
  log.note(torn(to(server(1), 7, 20), Sender::client));
  log.note(completed(to(server(1), 7, 30)));
  log.note(torn(to(server(1), 8), Sender::server));
  ConnectionEnd other_port = torn(to(server(1), 7), Sender::server);
  other_port.server_port = 80;
  log.note(other_port);
  log.note(torn(to(server(1), 0), Sender::server));
  log.finish();
  CHECK(log.repetition(one, Sender::server).hits == 2);
  CHECK(log.repetition(one, Sender::server).all == 4);
  CHECK(log.repetition(one, Sender::client).hits == 1);
  CHECK(log.repetition(to(server(1), 0), Sender::server).all == 0);
  CHECK(log.repetition(to(server(1), 99), Sender::server).all == 0);
}

TEST_CASE("What may have been forgotten is not denied") {
  EndLog log;
  const ConnectionEnd loser = to(server(1), 7);
  log.note(loser);
  for (std::size_t i = 0; i <= EndLog::kCapacity; ++i)
    log.note(to(server(2), 1000 + i, 1000 + static_cast<std::int64_t>(i)));
  log.finish();
  CHECK_FALSE(log.twin_succeeded(loser));
}
