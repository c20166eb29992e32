/** A tile's place, in hundredths of the whole picture. */
export interface Tile {
  readonly start: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a picture among values, the largest first, each with its share of the area and as square as it goes
 * (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
 * @param values above 0, largest first
 * @param ratio of the picture: width by height
 */
export function treemap(values: readonly number[], ratio: number): Tile[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  const areas = values.map((value) => (value / total) * ratio);
  const tiles: Tile[] = [];
  let room = { start: 0, top: 0, width: ratio, height: 1 };
  for (let from = 0; from < areas.length; ) {
    const side = Math.min(room.width, room.height);
    let to = from + 1;
    while (to < areas.length && worst(areas.slice(from, to + 1), side) <= worst(areas.slice(from, to), side)) to += 1;
    const row = areas.slice(from, to);
    const thick = row.reduce((sum, area) => sum + area, 0) / side;
    let along = 0;
    for (const area of row) {
      const long = area / thick;
      tiles.push(
        room.width >= room.height
          ? { start: room.start, top: room.top + along, width: thick, height: long }
          : { start: room.start + along, top: room.top, width: long, height: thick },
      );
      along += long;
    }
    room =
      room.width >= room.height
        ? { ...room, start: room.start + thick, width: room.width - thick }
        : { ...room, top: room.top + thick, height: room.height - thick };
    from = to;
  }
  return tiles.map(({ start, top, width, height }) => ({
    start: (start / ratio) * 100,
    top: top * 100,
    width: (width / ratio) * 100,
    height: height * 100,
  }));
}

/** How far the least square tile of a row is from a square: 1 is one. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((all, area) => all + area, 0);
  return Math.max(
    ...row.map((area) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))),
  );
}
