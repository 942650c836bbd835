day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
