day-today = aujourd’hui
day-tomorrow = demain
day-yesterday = hier
