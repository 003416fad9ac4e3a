"""One process that promises, takes, files and gives back room as fast as it can: DATABASE FOLDER SEED CAPACITY."""

import asyncio
import random
import sys
from pathlib import Path

from photocore.logs import configure_logs
from photoservice.errors import BeyondReservation, NoRoom, Unknown
from photoservice.images.reservations import Asked
from photoservice.settings import Settings
from photoservice.wiring import open_service

ROUNDS = 60
SIZE = 100


async def hammer(url: str, folder: Path, seed: int, capacity: int) -> None:
    dice = random.Random(seed)
    settings = Settings(folder=folder, database=url, capacity=capacity, connections=4)
    async with open_service(settings, url) as service:
        row = await service.database.row("tenants.by_name", "Silver Lab")
        tenant = row["id"]
        counts = {"promised": 0, "refused": 0}

        async def one(number: int) -> None:
            rooms = service.pictures.uploads.reservations
            asked = Asked(tenant=tenant, roll=f"roll {number % 3}", offer=bytes([number % 3]) * 32)
            for _ in range(ROUNDS):
                size = dice.choice((SIZE, 2 * SIZE, 5 * SIZE))
                try:
                    if dice.random() < 0.4:
                        async with service.database.begin() as session:
                            await rooms.promise_again(session, asked, size, None)
                    else:
                        upload = await begin(service, asked, size)
                        await end(service, upload, dice.random() < 0.2)
                    counts["promised"] += 1
                except (NoRoom, BeyondReservation, Unknown):
                    counts["refused"] += 1

        await asyncio.gather(*(one(number) for number in range(4)))
        sys.stdout.write(f"{counts['promised']} {counts['refused']}")


async def begin(service, asked, size: int) -> str:
    rooms, now = service.pictures.uploads.reservations, service.clock.now()
    upload = "UP-" + service.entropy.token(8).hex()
    async with service.database.begin() as session:
        await session.run("storage.open", asked.tenant, None)
        await session.row("storage.hold_share", asked.tenant)
        room = await rooms.promise(session, Asked(tenant=asked.tenant, roll=asked.roll), size, None, taken=size)
        about = (asked.tenant, room.id, asked.roll, "1", "", None, size, "", now, room.expires_at)
        await session.run("uploads.insert", upload, *about)
    return upload


async def end(service, upload: str, is_filed: bool) -> None:
    rooms, now = service.pictures.uploads.reservations, service.clock.now()
    async with service.database.begin() as session:
        row = await session.row("uploads.hold", upload)
        if is_filed:
            await session.row("storage.hold_share", row["tenant"])
            digest = service.entropy.token(32)
            await session.run("images.note_roll", row["tenant"], row["roll"], now)
            await session.value("images.insert_original", digest, row["length"], "image/jpeg", 1, 1, now)
            what = (digest, row["tenant"], "", "rival", now)
            await session.run("images.insert", upload.replace("UP", "IM"), row["roll"], "1", 200, *what)
            await session.run("images.count", row["tenant"], row["roll"], now)
            await rooms.file(session, row, used=row["length"], used_by_tenant=row["length"])
            await session.run("uploads.end", upload, "filed", "rival", None, now)
        else:
            await session.run("uploads.end", upload, "terminated", "", None, now)
            await rooms.give_back(session, row["tenant"], row["reservation"], row["length"])


if __name__ == "__main__":
    configure_logs()
    asyncio.run(hammer(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
